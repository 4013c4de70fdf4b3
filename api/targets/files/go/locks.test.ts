/** What is said of goroutines that wait for locks, and for each other: which lock, and who holds it. */
import { describe, expect, it } from 'vitest';
import { parseGoDump } from '../../../go-dump/parse.ts';
import { goroutine, HANDLER, LOCK_117, MAIN, many, RLOCK } from './testing/dumps.ts';
import { toldIn } from './testing/findings.ts';

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
    expect(toldIn(waiters(', 15 minutes') + holder)).toEqual([
      {
        kind: 'LOCK_CONTENTION',
        severity: 'WARNING',
        sentence:
          '6 goroutines wait for one mutex (0xc000100080), in main.(*Cart).Add (/app/cart.go:30), for up to 15 min; goroutine 7 likely holds it since main.(*Cart).Pay (/app/cart.go:55), and is in main.call (/app/pay.go:12) (IO wait).',
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
    expect(toldIn(waiters(', 15 minutes') + others)[0]).toMatchObject({
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
    expect(toldIn(unprinted + others)).toMatchObject([
      { severity: 'NOTICE', at: '/app/cart.go:55' },
    ]);
  });

  it('is asked for by who calls a lock of the program that wraps it', () => {
    const wrapped = many(6, (id) =>
      goroutine(
        100 + id,
        'sync.Mutex.Lock, 3 minutes',
        ...LOCK_117('0xc000100080'),
        ['acme/syncutil.(*TimedMutex).Lock(0xc000100080)', '/app/syncutil/timed.go:63'],
        ['main.(*Cart).Add(0xc000100000, 0x1)', '/app/cart.go:30'],
        ...HANDLER,
      ),
    );
    expect(toldIn(wrapped)).toMatchObject([{ kind: 'LOCK_CONTENTION', at: '/app/cart.go:30' }]);
  });

  it('may be held by who calls C, at the line that has called it', () => {
    const holder = goroutine(
      7,
      'syscall, 16 minutes, locked to thread',
      ['main._Cfunc_apply(0x7ff6e3444ee0)', '??:0'],
      ['main.(*Cart).Pay(0xc000100000)', '/app/cart.go:55'],
      MAIN,
    );
    expect(toldIn(waiters(', 15 minutes') + holder)).toMatchObject([{ at: '/app/cart.go:55' }]);
  });

  it('is no alarm in the first minute', () => {
    expect(toldIn(waiters(''))).toEqual([]);
    expect(toldIn(waiters('', 12))).toMatchObject([{ severity: 'NOTICE', count: 12 }]);
  });

  it('in the background counts as stuck as well', () => {
    const loop = goroutine(5, 'semacquire, 9 minutes', ...LOCK_117('0xc000100080'), [
      'main.flushLoop()',
      '/app/flush.go:9',
    ]);
    expect(toldIn(loop)).toMatchObject([{ kind: 'LOCK_CONTENTION', at: '/app/flush.go:9' }]);
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
    expect(toldIn(old(1, '0xc0000cdb8c', 'RLock') + old(2, '0xc0000cdb88', 'Lock'))).toMatchObject([
      { count: 2, sentence: expect.stringContaining('one RWMutex (0xc0000cdb80)') },
    ]);
  });

  it('is asked for and held where a page has broken the lines of a log that had lost its indentation', () => {
    const prefix = 'Oct 01 22:57:16 prep-7 stage0[19647]: ';
    const log = [
      `${prefix}goroutine 54 [semacquire, 14409 minutes]:`,
      `${prefix}sync.runtime_Semacquire(0x106a17ec)`,
      `${prefix}/usr/local/go/src/runtime/sema.go:43 +0x24`,
      `${prefix}sync.(*Mutex).Lock(0x106a17e8)`,
      `${prefix}/usr/local/go/src/sync/mutex.go:82 +0x1fc`,
      `${prefix}example.org/back.(*conn).Write(0x1076ca80, 0x106ef00`,
      '0, 0x1000, 0x1000)',
      `${prefix}/src/example.org/back/back.go:304 +`,
      '0x1ec',
      `${prefix}net/http.checkConnErrorWriter.Write(0x1066a000, 0x106ef000, 0x`,
      '1000, 0x1000)',
      `${prefix}/usr/local/go/src/net/http/ser`,
      'ver.go:2130 +0x70',
      `${prefix}goroutine 60 [IO wait, 14409 minutes]:`,
      `${prefix}example.org/back.(*Dialer).writeFrame(0x106a17c0, 0x2)`,
      `${prefix}/src/example.org/back/back.go:190 +0x1a0`,
    ];
    const text = log.join('\n');
    expect(toldIn(text).map(({ sentence }) => sentence)).toEqual([
      '1 goroutine waits for one mutex (0x106a17e8), in example.org/back.(*conn).Write (/src/example.org/back/back.go:304), for up to 240 h 9 min; goroutine 60 likely holds it, in example.org/back.(*Dialer).writeFrame (/src/example.org/back/back.go:190) (IO wait).',
    ]);
    const { stats } = parseGoDump(text);
    expect(stats).toMatchObject({ headers: 2, parsed: 2, notUnderstood: { count: 0 } });
    expect(stats.logLines.count).toBe(0);
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
    expect(toldIn(readers + writer + scan)).toMatchObject([
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
    expect(toldIn(dump)).toMatchObject([
      { kind: 'DEADLOCK', severity: 'CRITICAL', at: '/app/account.go:19' },
    ]);
  });

  it('are none where both have entered one struct, and wait for two of its locks', () => {
    const method = (id: number, lock: string, name: string) =>
      goroutine(id, 'sync.Mutex.Lock, 3 minutes', ...LOCK_117(lock), [
        `main.(*server).${name}(0xc000100000)`,
        '/app/server.go:19',
      ]);
    const findings = toldIn(method(1, '0xc000100008', 'a') + method(2, '0xc000100010', 'b'));
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
    const findings = toldIn(elided + reader);
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
    expect(toldIn(relock)).toMatchObject([
      {
        kind: 'DEADLOCK',
        at: '/app/stream.go:23',
        sentence: expect.stringContaining('holds itself'),
      },
    ]);
  });

  it('are those of a synctest bubble, in which the test itself goes on', () => {
    const dump =
      'panic: deadlock: main bubble goroutine has exited but blocked goroutines remain [recovered, repanicked]\n\n' +
      goroutine(
        20,
        'running',
        ['panic({0x1?, 0x2?})', '/usr/local/go/src/runtime/panic.go:783'],
        ['internal/synctest.Run(0x1)', '/usr/local/go/src/runtime/synctest.go:251'],
        ['testing/synctest.Test(0x1)', '/usr/local/go/src/testing/synctest/synctest.go:282'],
        ['example.com/pump.TestPump(0x1)', '/src/pump/pump_test.go:11'],
        ['testing.tRunner(0x1)', '/usr/local/go/src/testing/testing.go:1934'],
      ) +
      goroutine(
        22,
        'chan send (durable), synctest bubble 1',
        ['example.com/pump.(*Pump).run(0x1)', '/src/pump/pump.go:33'],
        ['created by example.com/pump.Start in goroutine 21', '/src/pump/pump.go:21'],
      );
    expect(toldIn(dump)).toMatchObject([
      {
        kind: 'DEADLOCK',
        severity: 'CRITICAL',
        at: '/src/pump/pump.go:33',
        sentence:
          'Goroutines of a synctest bubble are asleep, and nothing in it can wake them: 1 goroutine waits in example.com/pump.(*Pump).run (/src/pump/pump.go:33) (chan send (durable)).',
      },
    ]);
  });

  it('are told at what the others wait for, and not where one waits for their end', () => {
    const text = [
      'fatal error: all goroutines are asleep - deadlock!\n\n',
      goroutine(
        1,
        'semacquire',
        ['sync.runtime_Semacquire(0xc000012348?)', '/usr/local/go/src/runtime/sema.go:62'],
        ['sync.(*WaitGroup).Wait(0xc000012340?)', '/usr/local/go/src/sync/waitgroup.go:116'],
        ['main.reconcile()', '/app/reconcile.go:41'],
        ['main.main()', '/app/main.go:8'],
      ),
      goroutine(
        18,
        'chan send',
        ['main.reconcile.func1()', '/app/reconcile.go:36'],
        ['created by main.reconcile in goroutine 1', '/app/reconcile.go:33'],
      ),
    ].join('');
    expect(toldIn(text)[0]).toMatchObject({
      kind: 'DEADLOCK',
      at: '/app/reconcile.go:36',
      sentence:
        'All goroutines are asleep, and none can wake another: 1 of 2 waits in main.reconcile.func1 (/app/reconcile.go:36) (chan send).',
    });
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
    expect(toldIn(dump)).toMatchObject([
      {
        kind: 'DEADLOCK',
        severity: 'CRITICAL',
        sentence:
          'All goroutines are asleep, and none can wake another: all 4 wait in main.submit (/app/pool.go:77) (chan send).',
      },
    ]);
  });
});
