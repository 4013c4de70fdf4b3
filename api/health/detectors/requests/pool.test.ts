import { describe, expect, test } from 'vitest';
import type { Frame } from '../../../profile/profile.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import type { RequestEvidence } from '../../evidence/tasks.ts';
import { assessHealth } from '../../health.ts';
import { aFrame, aRequest, aRoute, evidenceOf } from '../../testing/evidence.ts';

const NEW = aFrame('new Promise', '', 0);
const ACQUIRE = aFrame('Pool.acquire', '/app/node_modules/slots/pool.js', 9);
const SAVE = aFrame('saveOrder', '/app/src/order.ts', 10);
const PRICE = aFrame('priceOf', '/app/src/price.ts', 4);
const CHARGE = aFrame('chargeCard', '/app/src/pay.ts', 7);
const HANDLER = aFrame('handler', '/app/src/server.ts', 20);

let lastId = 0;
/** Requests that wait at these stacks, for as long. */
function waiting(count: number, ageMs: number, ...stacks: Frame[][]): RequestEvidence[] {
  return Array.from({ length: count }, () =>
    aRequest({ id: ++lastId, ageMs, frames: stacks.at(-1)!, stacks }),
  );
}
const FIRST_TURN = [
  [NEW, ACQUIRE, SAVE, HANDLER],
  [SAVE, HANDLER],
];

function findingsFor(requests: RequestEvidence[], given: Partial<Evidence> = {}) {
  return assessHealth(evidenceOf({ requests, ...given }), { target: 'self' }).findings;
}

describe('a pool', () => {
  test('is held by requests that wait for something else, whose line is to blame', () => {
    const requests = [
      ...waiting(3, 30_000, [SAVE, HANDLER], [CHARGE, SAVE, HANDLER]),
      ...waiting(6, 20_000, ...FIRST_TURN),
    ];
    expect(findingsFor(requests)).toMatchObject([
      {
        kind: 'POOL_EXHAUSTED',
        culprit: CHARGE,
        count: 6,
        sentence:
          '6 requests wait for Pool.acquire (node_modules/slots/pool.js:9), for up to 20 s, in saveOrder (src/order.ts:10); it is held by 3 requests in chargeCard (src/pay.ts:7).',
      },
    ]);
  });

  test('is held by those for whom it has opened a connection, too', () => {
    const opened = [aFrame('Socket.connect', 'node:net', 9), ACQUIRE, SAVE, HANDLER];
    const holding = waiting(3, 30_000, opened, [CHARGE, SAVE, HANDLER]);
    const requests = [
      ...holding.map((request) => ({ ...request, left: [opened] })),
      ...waiting(6, 20_000, ...FIRST_TURN),
    ];
    expect(findingsFor(requests)).toMatchObject([{ culprit: CHARGE, count: 6 }]);
  });

  test.each([
    ['takeClient', true],
    ['Pool.getFreeSlot', true],
    ['waitForTurn', true],
    ['ClientPool.take', true],
    ['Turnstile.enter', true],
    ['Inbox.take', false],
    ['Map.get', false],
    ['Router.enter', false],
    ['getClient', false],
    ['checkout', false],
  ])('is told by what one calls the wait for a turn: %s is %s', (name, isGate) => {
    const gate = aFrame(name, '/app/src/clients.ts', 9);
    const [finding] = findingsFor(waiting(6, 20_000, [NEW, gate, SAVE, HANDLER], [SAVE, HANDLER]));
    expect(finding?.kind).toBe(isGate ? 'POOL_EXHAUSTED' : 'STUCK_REQUESTS');
    expect(finding?.culprit).toEqual(SAVE);
  });

  test('that nobody is known to hold is told with all lines that take of it, whatever they call for that', () => {
    const next = aFrame('Cursor.acquire', '/app/node_modules/slots/cursor.js', 4);
    const latest = [NEW, ACQUIRE, next, CHARGE, HANDLER];
    const requests = [...waiting(6, 20_000, ...FIRST_TURN), ...waiting(2, 9_000, latest)];
    const [finding] = findingsFor(requests);
    expect(finding).toMatchObject({ kind: 'POOL_EXHAUSTED', culprit: SAVE });
    expect(finding!.nextStep).toContain('at this line, in chargeCard (src/pay.ts:7) is given back');
  });

  test('whose members are never given back names who waits for one', () => {
    expect(findingsFor(waiting(6, 20_000, ...FIRST_TURN))).toMatchObject([
      {
        kind: 'POOL_EXHAUSTED',
        culprit: SAVE,
        sentence: expect.stringMatching(/; no request in flight is known to hold it\.$/),
      },
    ]);
  });

  test('whose holders wait for it again is a deadlock', () => {
    const again = [[NEW, ACQUIRE, PRICE], [PRICE], [SAVE, HANDLER]];
    const requests = [...waiting(5, 30_000, ...again), ...waiting(7, 20_000, ...FIRST_TURN)];
    expect(findingsFor(requests)).toMatchObject([
      {
        kind: 'DEADLOCK',
        culprit: PRICE,
        sentence:
          '12 requests wait for Pool.acquire (node_modules/slots/pool.js:9), for up to 30 s, while 5 requests already let in wait for it again in priceOf (src/price.ts:4): none of them goes on.',
      },
    ]);
  });

  describe('without a known holder', () => {
    const READ = aFrame('RwLock.readLock', '/app/node_modules/rw/index.js', 5);
    const WRITE = aFrame('RwLock.writeLock', '/app/node_modules/rw/index.js', 6);
    const FETCH = aFrame('fetchBlock', '/app/src/store.ts', 6);
    const SWEEP = aFrame('sweep', '/app/src/store.ts', 15);
    const readers = waiting(6, 20_000, [NEW, READ, FETCH, HANDLER], [FETCH, HANDLER]);
    const sweeping = (ageMs: number) =>
      waiting(1, ageMs, [NEW, WRITE, SWEEP, HANDLER], [SWEEP, HANDLER]).map((request) => ({
        ...request,
        route: 'POST /sweep',
      }));
    const NEVER = [aRoute({ route: 'GET /block', count: 90 })];

    test('has who waited first, as for a lock to write while it has one to read', () => {
      expect(findingsFor([...sweeping(21_000), ...readers], { routes: NEVER })).toMatchObject([
        {
          kind: 'POOL_EXHAUSTED',
          culprit: SWEEP,
          sentence:
            '6 requests wait for RwLock.readLock (node_modules/rw/index.js:5), for up to 20 s, in fetchBlock (src/store.ts:6); the first to wait, in sweep (src/store.ts:15), began before all of them and may itself hold it.',
        },
      ]);
    });

    test.each<[string, RequestEvidence[], Partial<Evidence>]>([
      ['began later', [...readers, ...sweeping(12_000)], { routes: NEVER }],
      [
        'has gone through before',
        [...sweeping(21_000), ...readers],
        { routes: [...NEVER, aRoute({ route: 'POST /sweep', count: 2, maxMs: 90 })] },
      ],
      ['of which nobody knows that', [...sweeping(21_000), ...readers], { routes: null }],
      [
        'is one of several',
        [
          ...sweeping(21_000),
          ...readers,
          ...waiting(1, 15_000, [NEW, READ, SWEEP, HANDLER], [SWEEP, HANDLER]),
        ],
        { routes: NEVER },
      ],
    ])('does not blame a waiter that %s', (_, requests, given) => {
      const culprits = findingsFor(requests, given).map(({ culprit }) => culprit?.function);
      expect(culprits).toContain('fetchBlock');
      expect(culprits).not.toContain('sweep');
    });
  });

  test('is a deadlock as well where one function takes turns for all', () => {
    const take = aFrame('withTurn', '/app/src/turns.ts', 15);
    const taken = aFrame('withTurn', '/app/src/turns.ts', 16);
    const nameless = aFrame('(anonymous)', '/app/src/order.ts', 11);
    const again = [[NEW, ACQUIRE, take, PRICE, nameless, taken, SAVE, HANDLER]];
    const first = [[NEW, ACQUIRE, take, SAVE, HANDLER]];
    const requests = [...waiting(3, 30_000, ...again), ...waiting(4, 20_000, ...first)];
    expect(findingsFor(requests)).toMatchObject([{ kind: 'DEADLOCK', culprit: PRICE, count: 7 }]);
  });

  test('has no holders among those of whom it is only not known what is pending further in', () => {
    const MUTEX = aFrame('Mutex.acquire', '/app/node_modules/slots/mutex.js', 4);
    const requests = [
      ...waiting(5, 30_000, [NEW, ACQUIRE, MUTEX, SAVE, HANDLER], [SAVE, HANDLER]),
      ...waiting(4, 30_000, [MUTEX, SAVE, HANDLER], [SAVE, HANDLER]),
      ...waiting(2, 20_000, [SAVE, HANDLER]),
    ];
    expect(findingsFor(requests).map(({ sentence }) => sentence)).toEqual([
      '11 requests wait for Mutex.acquire (node_modules/slots/mutex.js:4), for up to 30 s, in saveOrder (src/order.ts:10); no request in flight is known to hold it.',
    ]);
  });

  test('has most likely those, too, of which nobody knows where they wait', () => {
    const nowhere = waiting(6, 20_000, []);
    const requests = [...waiting(3, 30_000, ...FIRST_TURN), ...nowhere];
    expect(findingsFor(requests).map(({ sentence }) => sentence)).toEqual([
      expect.stringMatching(
        /^3 requests, and likely 6 more whose place is not known, wait for Pool\.acquire /,
      ),
    ]);
  });

  test('may have none of those where others of their routes hang elsewhere', () => {
    const requests = [
      ...waiting(3, 30_000, ...FIRST_TURN),
      ...waiting(2, 30_000, [aFrame('elsewhere', '/app/src/other.ts', 1)]),
      ...waiting(6, 20_000, []),
    ];
    expect(findingsFor(requests).map(({ kind, count }) => [kind, count])).toEqual([
      ['POOL_EXHAUSTED', 3],
      ['STUCK_REQUESTS', 11],
    ]);
  });

  test('is no finding while it is only busy, also where one request is old', () => {
    const requests = [...waiting(9, 2_000, ...FIRST_TURN), ...waiting(1, 12_000, ...FIRST_TURN)];
    expect(findingsFor(requests)).toEqual([]);
  });

  test('is not what an answer of it is waited for', () => {
    const query = aFrame('Pool.query', '/app/node_modules/slots/pool.js', 30);
    const kinds = findingsFor(waiting(4, 20_000, [NEW, query, SAVE], [SAVE])).map(
      ({ kind }) => kind,
    );
    expect(kinds).toEqual(['STUCK_REQUESTS']);
  });

  test.each(['checkout', 'unlock', 'readBlock', 'wallClock', 'Pool.query', 'releaseLock'])(
    'is not what a function called %s waits for',
    (name) => {
      const called = aFrame(name, '/app/src/order.ts', 11);
      const found = findingsFor(waiting(3, 20_000, [NEW, called, HANDLER]));
      expect(found.map(({ kind }) => kind)).toEqual(['STUCK_REQUESTS']);
    },
  );
});

describe('a pool that is called like none', () => {
  const TAKE = aFrame('Lines.take', '/app/src/lines.ts', 14);
  const CREDIT = aFrame('checkCredit', '/app/src/credit.ts', 12);
  const CALL = aFrame('callCustomer', '/app/src/call.ts', 4);
  const CALLING = aFrame('callCustomer', '/app/src/call.ts', 6);
  const DIAL = aFrame('dial', '/app/src/dial.ts', 5);
  const waitingForTurn = [
    ...waiting(6, 20_000, [NEW, TAKE, CREDIT, HANDLER], [TAKE, CREDIT, HANDLER]),
    ...waiting(2, 15_000, [TAKE, CALL, HANDLER]),
  ];

  test('is known by those who went on where others wait before the first of them did', () => {
    const requests = [...waiting(2, 30_000, [DIAL, CALLING, HANDLER]), ...waitingForTurn];
    expect(findingsFor(requests)).toMatchObject([
      {
        kind: 'POOL_EXHAUSTED',
        culprit: DIAL,
        count: 8,
        sentence:
          '8 requests wait for Lines.take (src/lines.ts:14), for up to 20 s, mostly in checkCredit (src/credit.ts:12); it is held by 2 requests in dial (src/dial.ts:5).',
      },
    ]);
  });

  test('is known by those who wait within what it has called', () => {
    const within = aFrame('Lines.take', '/app/src/lines.ts', 17);
    const MENU = aFrame('(anonymous)', '/app/src/menu.ts', 9);
    const ROUTE = aFrame('(anonymous)', '/app/src/menu.ts', 14);
    const requests = [
      ...waiting(2, 30_000, [CREDIT, MENU, within, ROUTE], [TAKE, CREDIT, MENU, within, ROUTE]),
      ...waiting(2, 30_000, [TAKE, MENU, within, ROUTE]),
      ...waiting(4, 20_000, [TAKE, CREDIT, HANDLER]),
    ];
    expect(findingsFor(requests)).toMatchObject([
      {
        kind: 'DEADLOCK',
        culprit: CREDIT,
        sentence: expect.stringMatching(
          /, while 4 requests already let in wait for it again as many in checkCredit \(src\/credit\.ts:12\) as in \(anonymous\) \(src\/menu\.ts:9\)/,
        ),
      },
    ]);
  });

  test('is known by those who wait for a second turn', () => {
    const requests = [
      ...waiting(3, 30_000, [TAKE, PRICE, CREDIT, HANDLER]),
      ...waiting(4, 20_000, [TAKE, CREDIT, HANDLER]),
    ];
    expect(findingsFor(requests)).toMatchObject([{ kind: 'DEADLOCK', culprit: PRICE, count: 7 }]);
  });

  const FETCH = aFrame('fetch', 'node:internal/deps/undici/undici', 9);
  test.each([
    ['nobody is known to have had a turn', waitingForTurn],
    [
      'those who went on came later',
      [...waiting(2, 12_000, [DIAL, CALLING, HANDLER]), ...waitingForTurn],
    ],
    [
      'one request does for all what they wait for',
      [...waiting(1, 30_000, [DIAL, TAKE, CREDIT, HANDLER]), ...waitingForTurn],
    ],
    [
      'what is waited for is an answer of another process',
      [
        ...waiting(2, 30_000, [DIAL, CALLING, HANDLER]),
        ...waiting(8, 20_000, [FETCH, TAKE, CALL, HANDLER], [TAKE, CALL, HANDLER]),
      ],
    ],
  ])('is none where %s', (_name, requests) => {
    expect(findingsFor(requests).map(({ kind }) => kind)).toEqual(['STUCK_REQUESTS']);
  });

  test('is none where its requests usually take as long', () => {
    const requests = [...waiting(2, 30_000, [DIAL, CALLING, HANDLER]), ...waitingForTurn];
    const routes = [aRoute({ p99Ms: 25_000, maxMs: 28_000 })];
    expect(findingsFor(requests, { routes })).toEqual([]);
  });
});
