/** What is said of goroutines that are left behind, and beyond the line; of healthy dumps nothing. */
import { describe, expect, it } from 'vitest';
import { goroutine, HANDLER, LOCK_117, MAIN, many } from './testing/dumps.ts';
import { findingsIn, toldIn } from './testing/findings.ts';

describe('goroutines that gather', () => {
  const waiting = (count: number, state: string) =>
    many(count, (id) => goroutine(id + 1, state, ['main.receive(0x1)', '/app/feed.go:7'], MAIN));

  it('by thousands at one line are left behind, whoever made them', () => {
    expect(toldIn(waiting(5_000, 'chan receive'))).toMatchObject([
      { kind: 'LEFT_BEHIND', severity: 'WARNING', at: '/app/feed.go:7', count: 5_000 },
    ]);
  });

  it('as the workers of a pool, or as idle connections, are none', () => {
    expect(toldIn(waiting(500, 'chan receive, 30 minutes'))).toEqual([]);
    expect(toldIn(waiting(5_000, 'IO wait'))).toEqual([]);
  });

  it('for an hour are told, but not those who are workers by their name', () => {
    const idle = (name: string) =>
      goroutine(99, 'select, 90 minutes', ['main.main()', '/app/main.go:9']) +
      many(8, (id) =>
        goroutine(id + 1, 'chan receive, 61 minutes', [`main.${name}(0x1)`, '/app/q.go:7'], MAIN),
      );
    expect(toldIn(idle('receive'))).toMatchObject([{ kind: 'LEFT_BEHIND', severity: 'NOTICE' }]);
    expect(toldIn(idle('(*queue).worker'))).toEqual([]);
  });

  it('are none where they have received nothing since the program began', () => {
    const consumer = (id: number) =>
      goroutine(id, 'chan receive, 75 minutes', ['main.consume(0x1)', '/app/q.go:7'], MAIN);
    expect(toldIn(many(9, consumer))).toEqual([]);
  });

  it('are none where each has the other half of its connection beside it', () => {
    const STARTED: [string, string] = ['created by main.serve in goroutine 1', '/app/serve.go:9'];
    const writers = many(30, (id) =>
      goroutine(id + 1, `select, ${id * 5} minutes`, ['main.write(0x1)', '/app/w.go:7'], STARTED),
    );
    const readers = many(30, (id) =>
      goroutine(id + 99, `IO wait, ${id * 5} minutes`, ['main.read(0x1)', '/app/r.go:7'], STARTED),
    );
    expect(toldIn(writers + readers)).toEqual([]);
    expect(toldIn(writers)).toMatchObject([{ kind: 'LEFT_BEHIND', at: '/app/w.go:7' }]);
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
    expect(toldIn(dump)[0]).toMatchObject({
      kind: 'POOL_EXHAUSTED',
      severity: 'WARNING',
      at: '/app/load.go:7',
      count: 8,
    });
  });
});

describe('what is told beyond the line', () => {
  const of = (text: string) => toldIn(text).map(({ kind, sentence }) => `${kind}: ${sentence}`);
  const nextStepOf = (text: string) => findingsIn(text)[0]!.nextStep;
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
    const taken = many(2, (id) =>
      goroutine(
        60 + id,
        'syscall, 12 minutes',
        ['os/exec.(*Cmd).Wait(0x1)', '/usr/local/go/src/os/exec/exec.go:922'],
        ['main.convert(0x1)', '/app/convert.go:19'],
        ['main.fetch(0x1)', '/app/a.go:58'],
        MAIN,
      ),
    );
    // Who has not come to the semaphore yet has not taken it.
    const before = goroutine(70, 'runnable', ['main.fetch(0x1)', '/app/a.go:50'], MAIN);
    const [told] = findingsIn(waiters(25, 'select, 9 minutes', semaphore) + taken + before).filter(
      ({ kind }) => kind === 'LEFT_BEHIND',
    );
    expect(told?.sentence).toMatch(
      /, for up to 9 min; 2 have likely taken it, in main\.convert \(\/app\/convert\.go:19\) \(syscall\)\.$/,
    );
    expect(told?.culprit).toMatchObject({ function: 'main.convert', line: 19 });
    expect(of(waiters(25, 'sync.Cond.Wait, 9 minutes', ...cond))[0]).toContain(
      '25 goroutines wait for one Cond (0xc000010020), in main.fetch (/app/a.go:55), for up to 9 min.',
    );
    expect(of(waiters(3, 'chan send, 20 minutes'))[0]).toContain(
      '3 goroutines are at one place, in main.fetch (/app/a.go:55) (chan send)',
    );
    expect(of(waiters(1, 'chan send, 20 minutes'))).toEqual([]);
  });

  it.each([
    ['something else', '0x2faf080?'],
    ['nothing', '0x0?'],
  ])(
    'is who waits for a lock that a caller has taken, though Go prints %s as the receiver',
    (_, left) => {
      const stuck = goroutine(
        4,
        'semacquire, 42 minutes',
        ...LOCK_117('0xc000010120'),
        [`main.(*bank).count(${left})`, '/app/bank.go:21'],
        ['main.(*ledger).append(0xc000026c40)', '/app/bank.go:20'],
        ['main.(*bank).audit(0xc000010120)', '/app/bank.go:19'],
        MAIN,
      );
      expect(of(stuck)).toEqual([
        'DEADLOCK: Goroutine 4 has waited for 42 min for a lock (0xc000010120) that it likely holds itself, since main.(*bank).audit (/app/bank.go:19).',
      ]);
    },
  );

  it('is not who waits for the lock of another one of its type, that it was given', () => {
    const stuck = goroutine(
      4,
      'semacquire, 42 minutes',
      ...LOCK_117('0xc000010120'),
      ['main.(*account).deposit(0x0?, 0x1?)', '/app/account.go:31'],
      ['main.(*account).transfer(0xc000010110, 0xc000010120, 0x1)', '/app/account.go:29'],
      MAIN,
    );
    expect(of(stuck)[0]).toContain('LOCK_CONTENTION');
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
