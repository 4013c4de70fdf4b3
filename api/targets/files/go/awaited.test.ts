/** Goroutines that wait for others to be done, or for what others keep. */
import { describe, expect, it } from 'vitest';
import { goroutine, HANDLER, LOCK_117, MAIN, many } from './testing/dumps.ts';
import { findingsIn, toldIn } from './testing/findings.ts';

const waitsFor = (address: string): [string, string][] => [
  ['sync.runtime_SemacquireWaitGroup(0x0?)', '/usr/local/go/src/runtime/sema.go:110'],
  [`sync.(*WaitGroup).Wait(${address})`, '/usr/local/go/src/sync/waitgroup.go:118'],
];
const WAITING = 'sync.WaitGroup.Wait, 20 minutes';
const created = (by: string, id: number): [string, string] => [
  `created by ${by} in goroutine ${id}`,
  '/app/main.go:20',
];

describe('a WaitGroup that one goroutine alone waits for', () => {
  const stop = goroutine(
    1,
    'sync.WaitGroup.Wait, 12 minutes',
    ...waitsFor('0xc0006c2c80'),
    ['main.(*Manager).Stop(0xc0006c2b00)', '/app/manager.go:893'],
    ['main.main()', '/app/main.go:9'],
  );
  const worker = (state: string) =>
    goroutine(
      390,
      state,
      ['main.(*Group).copy(0xc0002a0000)', '/app/manager.go:480'],
      ['main.update.func1(0xc0006c2c80, 0xc0002a0000)', '/app/manager.go:930'],
      MAIN,
    );

  it('hangs where one of it has waited to send for as long', () => {
    expect(toldIn(stop + worker('chan send, 12 minutes'))).toEqual([
      {
        kind: 'LOCK_CONTENTION',
        severity: 'NOTICE',
        at: '/app/manager.go:480',
        count: 1,
        sentence:
          '1 goroutine waits for one WaitGroup (0xc0006c2c80), in main.(*Manager).Stop (/app/manager.go:893), for up to 12 min; goroutine 390 is likely not done, in main.(*Group).copy (/app/manager.go:480) (chan send).',
      },
    ]);
  });

  it.each(['chan receive, 12 minutes', 'chan send, 3 minutes', 'select, 12 minutes', 'running'])(
    'is no alarm where who it waits for is in %s',
    (state) => {
      expect(toldIn(stop + worker(state))).toEqual([]);
    },
  );
});

describe('an errgroup', () => {
  const GO = 'golang.org/x/sync/errgroup.(*Group).Go';
  const group = (id: number, ...below: [string, string][]) =>
    goroutine(
      id,
      WAITING,
      ...waitsFor('0xc00001c240'),
      [
        'golang.org/x/sync/errgroup.(*Group).Wait(0xc00001c240)',
        '/root/go/pkg/mod/golang.org/x/sync@v0.8.0/errgroup/errgroup.go:56',
      ],
      ['main.fetchAll({0x1, 0x2})', '/app/fetch.go:44'],
      ...below,
    );
  const workers = (state: string, creator: [string, string]) =>
    many(4, (at) =>
      goroutine(30 + at, state, ['main.fetchAll.func1()', '/app/fetch.go:33'], creator),
    );

  it.each([
    ['', created(GO, 8)],
    [' (before Go 1.21)', [`created by ${GO}`, '/app/errgroup.go:75'] as [string, string]],
  ])('whose workers receive for as long as it waits hangs%s', (_, creator) => {
    expect(toldIn(group(8, MAIN) + workers('chan receive, 20 minutes', creator))).toMatchObject([
      {
        kind: 'LOCK_CONTENTION',
        severity: 'NOTICE',
        at: '/app/fetch.go:33',
        sentence: expect.stringContaining(
          'goroutine 30 is likely not done, in main.fetchAll.func1',
        ),
      },
    ]);
  });

  it.each([
    [
      'the main goroutine waits for',
      group(1, ['main.main()', '/app/main.go:9']),
      'chan receive, 20 minutes',
      1,
    ],
    ['has had something to do', group(8, MAIN), 'chan receive, 3 minutes', 8],
    ['waits for an answer', group(8, MAIN), 'IO wait, 20 minutes', 8],
  ])('that %s is no alarm', (_, waiter, state, id) => {
    expect(toldIn(waiter + workers(state, created(GO, id)))).toEqual([]);
  });
});

describe('many that wait for one call of a singleflight', () => {
  it('are told with the one that makes it', () => {
    const flight = '0xc000110000';
    const waiters = many(9, (at) =>
      goroutine(
        at + 20,
        WAITING,
        ...waitsFor('0xc0002a4000'),
        [
          `golang.org/x/sync/singleflight.(*Group).Do(${flight}, {0x1, 0x2}, 0x3)`,
          '/root/go/pkg/mod/golang.org/x/sync@v0.10.0/singleflight/singleflight.go:100',
        ],
        ['main.(*cache).get(0xc000110000)', '/app/cache.go:40'],
        ...HANDLER,
      ),
    );
    const caller = goroutine(
      7,
      'select, 20 minutes',
      [
        'net/http.(*persistConn).roundTrip(0xc0003)',
        '/usr/local/go/src/net/http/transport.go:2760',
      ],
      ['main.(*cache).load(0xc000110000)', '/app/cache.go:58'],
      [
        `golang.org/x/sync/singleflight.(*Group).doCall(${flight}, 0xc0002a4000, {0x1, 0x2}, 0x3)`,
        '/root/go/pkg/mod/golang.org/x/sync@v0.10.0/singleflight/singleflight.go:200',
      ],
      ...HANDLER,
    );
    expect(toldIn(waiters + caller)[0]).toMatchObject({
      kind: 'LOCK_CONTENTION',
      at: '/app/cache.go:58',
      sentence: expect.stringContaining('goroutine 7 is likely not done'),
    });
  });
});

describe('who waits for others while it keeps the lock that they need', () => {
  const drains = goroutine(
    7,
    WAITING,
    ...waitsFor('0xc000012180'),
    ['main.(*pool).drain(0xc00001a9d0)', '/app/pool.go:69'],
    MAIN,
  );
  const works = many(4, (at) =>
    goroutine(
      8 + at,
      'sync.Mutex.Lock, 20 minutes',
      ...LOCK_117('0xc00001a9d0'),
      ['main.(*pool).work(0x0?, 0x0?)', '/app/pool.go:73'],
      created('main.(*pool).drain', 7),
    ),
  );
  const accepts = goroutine(
    30,
    'IO wait, 20 minutes',
    ['internal/poll.runtime_pollWait(0x7f, 0x72)', '/usr/local/go/src/runtime/netpoll.go:351'],
    ['net.(*TCPListener).Accept(0xc00001a9c0)', '/usr/local/go/src/net/tcpsock.go:300'],
    MAIN,
  );

  it('is a deadlock', () => {
    expect(toldIn(drains + works + accepts)[0]).toMatchObject({
      kind: 'DEADLOCK',
      at: '/app/pool.go:69',
      sentence: expect.stringContaining('Goroutines 7 in main.(*pool).drain'),
    });
  });

  it('is none where another is seen to keep it', () => {
    const keeps = goroutine(
      40,
      'chan send, 20 minutes',
      ['main.(*pool).report(0xc00001a9d0)', '/app/pool.go:90'],
      MAIN,
    );
    expect(toldIn(drains + works + keeps)[0]).toMatchObject({
      kind: 'LOCK_CONTENTION',
      at: '/app/pool.go:90',
    });
  });
});

describe('a pool of database/sql that is exhausted', () => {
  const SQL = '/usr/local/go/src/database/sql/sql.go:1369';
  const WAIT: [string, string] = ['database/sql.(*DB).conn(0xc0001, {0x1, 0x2}, 0x1)', SQL];
  const waiters = many(8, (at) =>
    goroutine(at + 20, 'select, 4 minutes', WAIT, ['main.list(0x1)', '/app/list.go:7'], ...HANDLER),
  );
  const open = (id: number, by: number) =>
    goroutine(
      id,
      'select, 4 minutes',
      ['database/sql.(*Tx).awaitDone(0xc000, 0x0)', SQL],
      created('database/sql.(*DB).beginDC', by),
    );
  const holder = (id: number, ...frames: [string, string][]) =>
    goroutine(
      id,
      'chan receive, 4 minutes',
      ...frames,
      ['main.pay(0x1)', '/app/pay.go:40'],
      ...HANDLER,
    );

  it('is told with who keeps its transactions open', () => {
    const [found] = findingsIn(waiters + open(50, 7) + holder(7) + open(51, 8) + holder(8));
    expect(found).toMatchObject({
      kind: 'POOL_EXHAUSTED',
      culprit: { file: '/app/pay.go', line: 40 },
      sentence:
        '8 goroutines wait for a connection of database/sql, most in main.list (/app/list.go:7), for up to 4 min; 2 transactions are open, begun by goroutine 7 in main.pay (/app/pay.go:40) (chan receive) and 1 other.',
    });
  });

  it('may be so by transactions that ask for a second connection', () => {
    const [found] = findingsIn(waiters + open(50, 7) + holder(7, WAIT));
    expect(found!.sentence).toContain('1 of which wait');
    expect(found!.nextStep).toContain('by the Tx alone');
  });

  it('may be so by transactions that nobody will end', () => {
    const [found] = findingsIn(waiters + open(50, 7) + open(51, 8));
    expect(found).toMatchObject({ culprit: { file: '/app/list.go', line: 7 } });
    expect(found!.sentence).toContain(
      '2 transactions are open; 2 of them by goroutines that are gone',
    );
  });
});

describe('a receive from no channel', () => {
  const receives = (id: number, name: string, state = 'chan receive (nil chan), 3 minutes') =>
    goroutine(id, state, [`${name}()`, '/app/watch.go:61'], MAIN);

  it('for minutes is left behind', () => {
    expect(toldIn(receives(7, 'main.(*watcher).next'))).toMatchObject([
      { kind: 'LEFT_BEHIND', severity: 'NOTICE', at: '/app/watch.go:61', count: 1 },
    ]);
  });

  it('is how a program waits for its end, in main', () => {
    expect(toldIn(receives(1, 'main.main'))).toEqual([]);
  });
});
