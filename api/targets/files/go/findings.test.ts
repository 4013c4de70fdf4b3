/** What is said of Go dumps: the cause, the lock and who holds it, what is left behind; and of healthy ones nothing. */
import { describe, expect, it } from 'vitest';
import { healthOfFile } from '../health.ts';
import { analyzeFile, contentOf } from '../saved-file.ts';

function findingsIn(text: string) {
  const bytes = Buffer.from(text);
  const content = contentOf(bytes);
  const analysis = analyzeFile({ bytes, content, savedAtMs: 0 });
  const health = healthOfFile({ name: 'dump', content, savedAtMs: 0, analysis });
  return health!.findings.map(({ kind, severity, sentence, culprit, count }) => ({
    kind,
    severity,
    sentence,
    at: culprit === null ? null : `${culprit.file}:${culprit.line}`,
    count,
  }));
}

const goroutine = (id: number, state: string, ...frames: [string, string][]) =>
  `goroutine ${id} [${state}]:\n${frames.map(([call, place]) => `${call}\n\t${place} +0x1d\n`).join('')}\n`;
const many = (count: number, make: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => make(index)).join('');

const LOCK_117 = (address: string): [string, string][] => [
  ['sync.runtime_SemacquireMutex(0x0?, 0x0?, 0x0?)', '/usr/local/go/src/runtime/sema.go:77'],
  [`sync.(*Mutex).lockSlow(${address})`, '/usr/local/go/src/sync/mutex.go:171'],
  ['sync.(*Mutex).Lock(...)', '/usr/local/go/src/sync/mutex.go:90'],
];
const RLOCK: [string, string][] = [
  ['sync.runtime_SemacquireRWMutexR(0x0?, 0x0?, 0x0?)', '/usr/local/go/src/runtime/sema.go:100'],
  ['sync.(*RWMutex).RLock(...)', '/usr/local/go/src/sync/rwmutex.go:74'],
];
const MAIN: [string, string] = ['created by main.main in goroutine 1', '/app/main.go:8'];
const HANDLER: [string, string][] = [
  ['net/http.HandlerFunc.ServeHTTP(0x1)', '/usr/local/go/src/net/http/server.go:2294'],
  [
    'created by net/http.(*Server).Serve in goroutine 1',
    '/usr/local/go/src/net/http/server.go:3493',
  ],
];

describe('a lock that many wait for', () => {
  const waiters = (wait: string, count = 6) =>
    many(count, (id) =>
      goroutine(
        100 + id,
        `sync.Mutex.Lock${wait}`,
        ...LOCK_117('0xc000100080'),
        ['main.(*Cart).Add(0xc000100000, 0x1)', '/app/cart.go:30'],
        ...HANDLER,
      ),
    );

  it('is one finding, with who holds it and how long they have waited', () => {
    const holder = goroutine(
      7,
      'IO wait, 16 minutes',
      ['internal/poll.runtime_pollWait(0x7f, 0x72)', '/usr/local/go/src/runtime/netpoll.go:351'],
      ['main.call(0x1)', '/app/pay.go:12'],
      ['main.(*Cart).Pay(0xc000100000)', '/app/cart.go:55'],
      MAIN,
    );
    expect(findingsIn(waiters(', 15 minutes') + holder)).toEqual([
      {
        kind: 'LOCK_CONTENTION',
        severity: 'WARNING',
        sentence:
          '6 goroutines wait for one mutex (0xc000100080), in main.(*Cart).Add (/app/cart.go:30), for up to 15 min; goroutine 7 likely holds it, in main.call (/app/pay.go:12) (IO wait).',
        at: '/app/pay.go:12',
        count: 6,
      },
    ]);
  });

  it('is not held by who has waited for less time than they, nor by another struct of its type', () => {
    const others =
      goroutine(
        7,
        'select, 2 minutes',
        ['main.(*Cart).Watch(0xc000100000)', '/app/cart.go:70'],
        MAIN,
      ) + goroutine(8, 'running', ['main.(*Cart).Pay(0xc000990000)', '/app/cart.go:55'], MAIN);
    expect(findingsIn(waiters(', 15 minutes') + others)[0]).toMatchObject({
      sentence: expect.stringContaining('nobody in this dump is seen to hold it'),
      at: '/app/cart.go:30',
    });
  });

  it('is likely held in another method of its type where Go has printed no receiver', () => {
    const unprinted = many(12, (id) =>
      goroutine(100 + id, 'semacquire', ...LOCK_117('0xc00001a9b0'), [
        'main.(*Cart).Add(0x0?, 0x0?)',
        '/app/cart.go:30',
      ]),
    );
    const others =
      goroutine(8, 'select', ['main.audit()', '/app/cart.go:90'], MAIN) +
      goroutine(7, 'select (no cases)', ['main.(*Cart).Pay(0x0?)', '/app/cart.go:55'], MAIN);
    expect(findingsIn(unprinted + others)).toMatchObject([
      { severity: 'NOTICE', at: '/app/cart.go:55' },
    ]);
  });

  it('is no alarm in the first minute', () => {
    expect(findingsIn(waiters(''))).toEqual([]);
    expect(findingsIn(waiters('', 12))).toMatchObject([{ severity: 'NOTICE', count: 12 }]);
  });

  it('in the background counts as stuck as well', () => {
    const loop = goroutine(5, 'semacquire, 9 minutes', ...LOCK_117('0xc000100080'), [
      'main.flushLoop()',
      '/app/flush.go:9',
    ]);
    expect(findingsIn(loop)).toMatchObject([{ kind: 'LOCK_CONTENTION', at: '/app/flush.go:9' }]);
  });

  it('of old Go is found where its semaphore lies', () => {
    const old = (id: number, semaphore: string, method: string) =>
      goroutine(
        id,
        'semacquire, 8 minutes',
        [
          `sync.runtime_SemacquireMutex(${semaphore}, 0x0, 0x0)`,
          '/usr/local/go/src/runtime/sema.go:71',
        ],
        [`sync.(*RWMutex).${method}(...)`, '/usr/local/go/src/sync/rwmutex.go:63'],
        ['main.look()', `/app/look${id}.go:30`],
      );
    expect(
      findingsIn(old(1, '0xc0000cdb8c', 'RLock') + old(2, '0xc0000cdb88', 'Lock')),
    ).toMatchObject([
      { count: 2, sentence: expect.stringContaining('one RWMutex (0xc0000cdb80)') },
    ]);
  });

  it('names the writer that readers wait behind, and a reader that holds it', () => {
    const readers = many(4, (id) =>
      goroutine(20 + id, 'sync.RWMutex.RLock, 5 minutes', ...RLOCK, [
        'main.(*store).get(0xc00008e150?)',
        '/app/store.go:33',
      ]),
    );
    const writer = goroutine(
      9,
      'sync.RWMutex.Lock, 5 minutes',
      ['sync.runtime_SemacquireRWMutex(0x0?, 0x0?, 0x0?)', '/usr/local/go/src/runtime/sema.go:105'],
      ['sync.(*RWMutex).Lock(0x0?)', '/usr/local/go/src/sync/rwmutex.go:152'],
      ['main.(*store).set(0xc00008e150)', '/app/store.go:38'],
    );
    const scan = goroutine(8, 'chan receive, 6 minutes', [
      'main.(*store).scan(0xc00008e150, 0x0)',
      '/app/store.go:45',
    ]);
    expect(findingsIn(readers + writer + scan)).toMatchObject([
      {
        count: 5,
        at: '/app/store.go:45',
        sentence:
          '5 goroutines wait for one RWMutex (of main.(*store) 0xc00008e150), 4 of them in main.(*store).get (/app/store.go:33), 1 in main.(*store).set (/app/store.go:38), for up to 5 min; goroutine 9 waits in main.(*store).set (/app/store.go:38) to write and holds up 4 readers behind it; goroutine 8 likely holds it, in main.(*store).scan (/app/store.go:45) (chan receive).',
      },
    ]);
  });
});

describe('goroutines that wait for each other', () => {
  const transfer = (id: number, lock: string, from: string, to: string) =>
    goroutine(id, 'sync.Mutex.Lock, 3 minutes', ...LOCK_117(lock), [
      `main.(*account).transfer(${from}, ${to})`,
      '/app/account.go:19',
    ]);

  it('are a deadlock', () => {
    const dump =
      transfer(20, '0xc0000b6028', '0xc0000b6000', '0xc0000b6020') +
      transfer(21, '0xc0000b6008', '0xc0000b6020', '0xc0000b6000');
    expect(findingsIn(dump)).toMatchObject([
      { kind: 'DEADLOCK', severity: 'CRITICAL', at: '/app/account.go:19' },
    ]);
  });

  it('are none where both have entered one struct, and wait for two of its locks', () => {
    const method = (id: number, lock: string, name: string) =>
      goroutine(id, 'sync.Mutex.Lock, 3 minutes', ...LOCK_117(lock), [
        `main.(*server).${name}(0xc000100000)`,
        '/app/server.go:19',
      ]);
    const findings = findingsIn(method(1, '0xc000100008', 'a') + method(2, '0xc000100010', 'b'));
    expect(findings.map(({ kind }) => kind)).toEqual(['LOCK_CONTENTION', 'LOCK_CONTENTION']);
  });

  it('are none where Go has not printed whose method has been entered', () => {
    const elided = goroutine(1, 'sync.Mutex.Lock, 3 minutes', ...LOCK_117('0xc000100008'), [
      'main.(*server).a(0x0?, 0x0?)',
      '/app/server.go:19',
    ]);
    const reader = goroutine(2, 'sync.RWMutex.RLock, 3 minutes', ...RLOCK, [
      'main.(*server).b(0xc000100000)',
      '/app/server.go:20',
    ]);
    const findings = findingsIn(elided + reader);
    expect(findings.map(({ kind }) => kind)).toEqual(['LOCK_CONTENTION', 'LOCK_CONTENTION']);
  });

  it('are one goroutine, where it locks again what it holds', () => {
    const relock = goroutine(
      5,
      'sync.RWMutex.RLock, 8 minutes',
      ...RLOCK,
      ['main.(*stream).ack(0xc0000cdb80)', '/app/stream.go:32'],
      ['main.(*consumer).done(0xc008278a80)', '/app/consumer.go:16'],
      ['main.(*stream).store(0xc0000cdb80)', '/app/stream.go:23'],
    );
    expect(findingsIn(relock)).toMatchObject([
      {
        kind: 'DEADLOCK',
        at: '/app/stream.go:23',
        sentence: expect.stringContaining('holds itself'),
      },
    ]);
  });

  it('are all of them, as the runtime has found', () => {
    const dump =
      'fatal error: all goroutines are asleep - deadlock!\n\n' +
      goroutine(
        1,
        'chan send',
        ['main.submit(0x1)', '/app/pool.go:77'],
        ['main.main()', '/app/main.go:9'],
      ) +
      many(3, (id) =>
        goroutine(
          19 + id,
          'chan send',
          ['main.submit(0x1)', '/app/pool.go:77'],
          ['main.work()', '/app/main.go:5'],
          MAIN,
        ),
      );
    expect(findingsIn(dump)).toMatchObject([
      {
        kind: 'DEADLOCK',
        severity: 'CRITICAL',
        sentence:
          'All goroutines are asleep, and none can wake another: all 4 wait in main.submit (/app/pool.go:77) (chan send).',
      },
    ]);
  });
});

describe('a crash', () => {
  const stack = goroutine(
    12,
    'running',
    ['panic({0x1a2b3c0?, 0x2d4e6f0?})', '/usr/local/go/src/runtime/panic.go:770'],
    ['runtime.panicmem(...)', '/usr/local/go/src/runtime/panic.go:261'],
    ['runtime.sigpanic()', '/usr/local/go/src/runtime/signal_unix.go:881'],
    ['strings.(*Builder).grow(0x0)', '/usr/local/go/src/strings/builder.go:60'],
    ['main.load(0x0)', '/app/load.go:21'],
    ['main.serve(0x1)', '/app/serve.go:88'],
    ...HANDLER,
  );

  it('is told first, with the first own line below the panic and what called it', () => {
    const text = `2026/01/31 10:00:00 started\npanic: runtime error: invalid memory address or nil pointer dereference [recovered]\n\tpanic: again\n[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x1]\n\n${stack}`;
    expect(findingsIn(text)).toMatchObject([
      {
        kind: 'PREVIOUS_RUN_DIED',
        severity: 'CRITICAL',
        sentence:
          'The program panicked: runtime error: invalid memory address or nil pointer dereference (SIGSEGV), in main.load (/app/load.go:21), called by main.serve (/app/serve.go:88), goroutine 12.',
        at: '/app/load.go:21',
      },
    ]);
  });

  it('that somebody has recovered from is a warning, with what the log says of it', () => {
    const record = JSON.stringify({
      level: 'error',
      msg: 'panic recovered',
      error: 'no such cart',
      stacktrace: stack,
    });
    expect(findingsIn(`${record}\n${record}\n`)).toMatchObject([
      {
        kind: 'RECOVERED_PANIC',
        severity: 'WARNING',
        sentence: expect.stringMatching(
          /^The program panicked 2 times, and recovered: no such cart, in main\.load/,
        ),
      },
    ]);
  });

  it('of tests that took too long names the test, where it hangs, and what it has started', () => {
    const text =
      'panic: test timed out after 1s\n\trunning tests:\n\t\tTestRun (1s)\n\t\tTestRun/twice (1s)\n\n' +
      goroutine(21, 'running', [
        'testing.(*M).startAlarm.func1()',
        '/usr/local/go/src/testing/testing.go:2802',
      ]) +
      goroutine(
        5,
        'chan receive',
        ['testing.(*T).Run(0x1)', '/usr/local/go/src/testing/testing.go:2109'],
        ['shop.TestRun(0x1)', '/app/run_test.go:7'],
        ['created by testing.(*T).Run in goroutine 1', '/usr/local/go/src/testing/testing.go:2101'],
      ) +
      goroutine(
        7,
        'chan receive',
        ['shop.TestRun.func1(0x1)', '/app/run_test.go:9'],
        ['created by testing.(*T).Run in goroutine 5', '/usr/local/go/src/testing/testing.go:2101'],
      ) +
      goroutine(
        8,
        'select',
        ['shop.run()', '/app/run.go:52'],
        ['created by shop.TestRun.func1 in goroutine 7', '/app/run_test.go:8'],
      );
    expect(findingsIn(text)).toMatchObject([
      {
        at: '/app/run_test.go:9',
        sentence:
          'The test TestRun/twice hung (test timed out after 1s), in shop.TestRun.func1 (/app/run_test.go:9) (chan receive), goroutine 7; what it started is still in shop.run (/app/run.go:52) (select).',
      },
    ]);
  });

  it('is none where a goroutine waits within a deferred call of a panic', () => {
    const deferred = goroutine(
      3,
      'chan receive',
      ['main.work.func1()', '/app/work.go:11'],
      ['panic({0x1, 0x2})', '/usr/local/go/src/runtime/panic.go:770'],
      ['main.work()', '/app/work.go:13'],
    );
    expect(findingsIn(deferred)).toEqual([]);
  });

  it('that quotes goroutines is about the one that panicked', () => {
    const quoted = 'panic: goroutine 99 [running]:\nmain.fake()\n\t/fake.go:1 +0x1\n\n';
    const real = goroutine(1, 'running', ['main.main()', '/app/main.go:9']);
    expect(findingsIn(`${quoted}\n${real}`)).toMatchObject([{ at: '/app/main.go:9' }]);
  });

  it('is none where somebody asked for the dump', () => {
    const dumped = goroutine(
      1,
      'running',
      [
        'runtime/pprof.writeGoroutineStacks({0x1, 0x2})',
        '/usr/local/go/src/runtime/pprof/pprof.go:692',
      ],
      ['main.debug()', '/app/debug.go:3'],
    );
    expect(findingsIn(dumped)).toEqual([]);
    expect(
      findingsIn(
        `SIGQUIT: quit\nPC=0x1 m=0 sigcode=0\n\n${goroutine(0, 'idle', ['runtime.futex()', '/usr/local/go/src/runtime/sys.s:560'])}`,
      ),
    ).toEqual([]);
  });
});

describe('goroutines that gather', () => {
  const waiting = (count: number, state: string) =>
    many(count, (id) => goroutine(id + 1, state, ['main.receive(0x1)', '/app/feed.go:7'], MAIN));

  it('by thousands at one line are left behind, whoever made them', () => {
    expect(findingsIn(waiting(5_000, 'chan receive'))).toMatchObject([
      { kind: 'LEFT_BEHIND', severity: 'WARNING', at: '/app/feed.go:7', count: 5_000 },
    ]);
  });

  it('as the workers of a pool, or as idle connections, are none', () => {
    expect(findingsIn(waiting(500, 'chan receive, 30 minutes'))).toEqual([]);
    expect(findingsIn(waiting(5_000, 'IO wait'))).toEqual([]);
  });

  it('for a connection of the database have exhausted its pool', () => {
    const dump = many(8, (id) =>
      goroutine(
        id + 1,
        'select, 2 minutes',
        [
          'database/sql.(*DB).conn(0xc0001, {0x1, 0x2}, 0x1)',
          '/usr/local/go/src/database/sql/sql.go:1315',
        ],
        ['main.load(0x1)', '/app/load.go:7'],
        ...HANDLER,
      ),
    );
    expect(findingsIn(dump)[0]).toMatchObject({
      kind: 'POOL_EXHAUSTED',
      severity: 'WARNING',
      at: '/app/load.go:7',
      count: 8,
    });
  });
});

describe('what is told beyond the line', () => {
  const of = (text: string) => findingsIn(text).map(({ kind, sentence }) => `${kind}: ${sentence}`);
  const nextStepOf = (text: string) => {
    const bytes = Buffer.from(text);
    const analysis = analyzeFile({ bytes, savedAtMs: 0 });
    const content = contentOf(bytes);
    return healthOfFile({ name: 'dump', content, savedAtMs: 0, analysis })!.findings[0]!.nextStep;
  };
  const crashed = (head: string, ...frames: [string, string][]) =>
    `${head}\n\n${goroutine(1, 'running', ...frames)}`;

  it('is of a panic within a deferred call the first one, without the signal of the second', () => {
    const head = [
      'panic: cannot open ledger',
      '\tpanic: runtime error: invalid memory address or nil pointer dereference',
      '[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x66417c]',
    ];
    for (const lines of [head, head.map((line) => line.trimStart())]) {
      expect(
        of(
          crashed(
            lines.join('\n'),
            ['main.close()', '/app/a.go:9'],
            ['panic(0x1)', '/go/panic.go:1'],
            ['main.work()', '/app/a.go:7'],
          ),
        ),
      ).toEqual([
        'PREVIOUS_RUN_DIED: The program panicked: cannot open ledger, in main.work (/app/a.go:7), goroutine 1.',
      ]);
    }
  });

  it.each([
    ['stack overflow', 'recursion'],
    ['runtime: out of memory', 'memory'],
    ['concurrent map read and map write', '-race'],
    ['sync: unlock of unlocked mutex', 'Unlock'],
    ['unexpected signal during runtime execution', 'C code'],
  ])('is of "%s" what to look for', (message, step) => {
    expect(nextStepOf(crashed(`fatal error: ${message}`, ['main.f()', '/app/a.go:1']))).toContain(
      step,
    );
  });

  it('is of a recursion what began it', () => {
    const text = crashed(
      'fatal error: stack overflow',
      ['main.f()', '/app/a.go:1'],
      ['main.f()', '/app/a.go:1'],
      ['main.begin()', '/app/a.go:5'],
    );
    expect(of(text)[0]).toContain('in main.f (/app/a.go:1), called by main.begin (/app/a.go:5)');
  });

  it('is of a fault in C code the Go code that called it, and of an abort from outside no line', () => {
    const frames: [string, string][] = [
      ['runtime.cgocall(0x45ace0, 0xc000048f58)', '/usr/local/go/src/runtime/cgocall.go:167'],
      ['main._Cfunc_crash(0x0)', '_cgo_gotypes.go:43'],
      ['main.(*codec).Decode(0x1)', '/app/codec.go:11'],
    ];
    const dump = goroutine(1, 'syscall', ...frames);
    expect(
      of(
        `SIGSEGV: segmentation violation\nPC=0x45acf2 m=0 sigcode=1\nsignal arrived during cgo execution\n\n${dump}`,
      ),
    ).toEqual([
      'PREVIOUS_RUN_DIED: The program died of SIGSEGV: segmentation violation, in main.(*codec).Decode (/app/codec.go:11), goroutine 1.',
    ]);
    expect(of(`SIGABRT: abort\nPC=0x45acf2 m=0 sigcode=0\n\n${dump}`)).toEqual([
      'PREVIOUS_RUN_DIED: The program died of SIGABRT: abort.',
    ]);
  });

  it('names the tests that hang where the panic does not', () => {
    const test = (id: number, name: string) =>
      goroutine(
        id,
        'chan receive',
        [`shop.${name}(0x0)`, '/app/shop_test.go:4'],
        ['testing.tRunner(0xc0000849c0, 0x52f388)', '/usr/lib/go-1.19/src/testing/testing.go:1446'],
      );
    const alarm = goroutine(3, 'running', [
      'testing.(*M).startAlarm.func1()',
      '/usr/lib/go-1.19/src/testing/testing.go:2036',
    ]);
    expect(
      of(
        `panic: test timed out after 2s\n\n${alarm}${test(7, 'TestOne')}${test(8, 'TestTwo.func1')}`,
      )[0],
    ).toContain('The test TestOne and 1 other hung');
  });

  it('is a leak of a library too, but not connections that a server keeps', () => {
    const crowd = (call: string, creator: string) =>
      many(5_000, (id) =>
        goroutine(
          id + 1,
          'select',
          [call, '/go/pkg/mod/x.com/bus@v1.2.0/bus.go:44'],
          [`created by ${creator} in goroutine 7`, '/go/pkg/mod/x.com/bus@v1.2.0/bus.go:88'],
        ),
      );
    expect(of(crowd('x.com/bus.(*Sub).next(0x1)', 'x.com/bus.(*Bus).Subscribe'))).toEqual([
      'LEFT_BEHIND: 5,000 goroutines are at one place, in x.com/bus.(*Sub).next (/go/pkg/mod/x.com/bus@v1.2.0/bus.go:44) (select), created by x.com/bus.(*Bus).Subscribe.',
    ]);
    expect(of(crowd('x.com/bus.(*conn).loop(0x1)', 'x.com/bus.(*Server).Serve'))).toEqual([]);
    expect(
      nextStepOf(crowd('net/http.(*persistConn).writeLoop(0x1)', 'net/http.(*Transport).dialConn')),
    ).toContain('Close the body');
  });

  it('is who waits for a semaphore, for a Cond, or to send, for minutes', () => {
    const waiters = (count: number, state: string, ...top: [string, string][]) =>
      many(count, (id) =>
        goroutine(id + 1, state, ...top, ['main.fetch(0x1)', '/app/a.go:55'], MAIN),
      );
    const semaphore: [string, string] = [
      'golang.org/x/sync/semaphore.(*Weighted).Acquire(0xc000010000, {0x1, 0x2}, 0x1)',
      '/go/pkg/mod/golang.org/x/sync@v0.7.0/semaphore/semaphore.go:74',
    ];
    const cond: [string, string][] = [
      ['sync.runtime_notifyListWait(0xc000010030, 0x5)', '/usr/local/go/src/runtime/sema.go:597'],
      ['sync.(*Cond).Wait(0xc000010020)', '/usr/local/go/src/sync/cond.go:71'],
    ];
    expect(of(waiters(25, 'select, 9 minutes', semaphore))[0]).toContain(
      '25 goroutines are at one place, in main.fetch (/app/a.go:55) (a semaphore)',
    );
    expect(of(waiters(25, 'sync.Cond.Wait, 9 minutes', ...cond))[0]).toContain(
      '25 goroutines wait for one Cond (0xc000010020), in main.fetch (/app/a.go:55), for up to 9 min.',
    );
    expect(of(waiters(3, 'chan send, 20 minutes'))[0]).toContain(
      '3 goroutines are at one place, in main.fetch (/app/a.go:55) (chan send)',
    );
    expect(of(waiters(1, 'chan send, 20 minutes'))).toEqual([]);
  });

  it('is who waits for a lock that a caller of it has taken, though Go prints no receiver', () => {
    const stuck = goroutine(
      4,
      'semacquire, 42 minutes',
      ...LOCK_117('0xc000010120'),
      ['main.(*bank).count(0x2faf080?)', '/app/bank.go:21'],
      ['main.(*ledger).append(0xc000026c40)', '/app/bank.go:20'],
      ['main.(*bank).audit(0xc000010120)', '/app/bank.go:19'],
      MAIN,
    );
    expect(of(stuck)).toEqual([
      'DEADLOCK: Goroutine 4 has waited for 42 min for a lock (0xc000010120) that it likely holds itself, since main.(*bank).audit (/app/bank.go:19).',
    ]);
  });

  it('is who waits for a sync.Once within its own function', () => {
    const once: [string, string][] = [
      ['sync.(*Once).doSlow(0x0?, 0x0?)', '/usr/local/go/src/sync/once.go:74'],
      ['sync.(*Once).Do(...)', '/usr/local/go/src/sync/once.go:65'],
      ['main.(*registry).load(0x0?)', '/app/registry.go:30'],
    ];
    const stuck = goroutine(
      4,
      'semacquire, 42 minutes',
      ...LOCK_117('0xc00009cc1c'),
      ...once,
      ['main.(*registry).init(0xc00009cc00)', '/app/registry.go:33'],
      ['main.(*registry).load.func1()', '/app/registry.go:30'],
      ...once,
      MAIN,
    );
    expect(of(stuck)[0]).toContain(
      'that it likely holds itself, since main.(*registry).load (/app/registry.go:30)',
    );
  });
});
