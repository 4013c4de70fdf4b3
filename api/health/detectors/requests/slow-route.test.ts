import { describe, expect, test } from 'vitest';
import type { Evidence } from '../../evidence/evidence.ts';
import type { RouteEvidence } from '../../evidence/tasks.ts';
import { assessHealth } from '../../health.ts';
import { aFrame, aRequest, aRoute, evidenceOf } from '../../testing/evidence.ts';

const PRICE = aFrame('priceOrder', '/app/src/price.ts', 6);
const waitIn = (frame: typeof PRICE, share: number): RouteEvidence['waits'][number] => ({
  kind: 'WAIT',
  place: frame,
  frames: [frame],
  share,
  samples: 9,
});
const SLOW = aRoute({
  p99Ms: 4_500,
  waits: [waitIn(PRICE, 0.9)],
  recent: { count: 50, meanMs: 4_130 },
});

function findingsFor(given: Partial<Evidence>) {
  const { findings } = assessHealth(evidenceOf(given), { target: 'self' });
  return findings.map(({ severity, sentence }) => `${severity}: ${sentence}`);
}

describe('a route is slow', () => {
  test('because it waits for one thing after the other', () => {
    const route = { ...SLOW, waitsInARow: 98 };
    const { findings } = assessHealth(evidenceOf({ routes: [route] }), { target: 'self' });
    expect(findings).toMatchObject([
      {
        kind: 'SLOW_ROUTE',
        severity: 'WARNING',
        culprit: PRICE,
        routes: [{ route: 'GET /user', count: 50 }],
        sentence:
          'GET /user takes 4.1 s (50 requests lately, on average), ≈90 % of it waiting in priceOrder (src/price.ts:6), which waits ≈98 times in a row.',
      },
    ]);
  });

  test('because it calls a function again and again that waits', () => {
    const handler = aFrame('listOrders', '/app/src/orders.ts', 9);
    const first = aFrame('listOrders', '/app/src/orders.ts', 7);
    const waits = [
      { ...waitIn(PRICE, 0.5), frames: [PRICE, handler] },
      { ...waitIn(first, 0.3), frames: [first] },
    ];
    const route = { ...SLOW, waits, waitsInARow: 70, rowFrames: [handler] };
    expect(findingsFor({ routes: [route] })).toEqual([
      'WARNING: GET /user takes 4.1 s (50 requests lately, on average), ≈80 % of it waiting in listOrders (src/orders.ts:9), which waits ≈70 times in a row.',
    ]);
  });

  describe('by what another function has promised', () => {
    const ISSUE = aFrame('issueKey', '/app/src/keys.ts', 3);
    const find = (waiting: typeof PRICE) => {
      const route = { ...SLOW, waits: [waitIn(waiting, 0.9)], waitsInARow: 1 };
      const request = aRequest({ frames: [waiting], promisedBy: [ISSUE, waiting] });
      const evidence = evidenceOf({ routes: [route], requests: [request, request] });
      return assessHealth(evidence, { target: 'self' }).findings[0];
    };

    test('which stands beside the line that waits for it', () => {
      expect(find(PRICE)).toMatchObject({
        culprit: PRICE,
        sentence: expect.stringMatching(
          /waiting in priceOrder \(src\/price\.ts:6\), for what issueKey \(src\/keys\.ts:3\) has promised\.$/,
        ),
      });
    });

    test('which is named where a handler without a name waits', () => {
      const handler = aFrame('Server.<anonymous>', '/app/src/app.ts', 5);
      expect(find(handler)).toMatchObject({
        culprit: ISSUE,
        sentence: expect.stringContaining('waiting in Server.<anonymous> (src/app.ts:5), for'),
      });
    });
  });

  test('because of a single wait, which may be how it is meant', () => {
    expect(findingsFor({ routes: [{ ...SLOW, waitsInARow: 1 }] })).toEqual([
      'NOTICE: GET /user takes 4.1 s (50 requests lately, on average), ≈90 % of it waiting in priceOrder (src/price.ts:6).',
    ]);
  });

  test('because of waits of which nobody knows how many, since the loop is held up so much that each look meets a young one', () => {
    const routes = [{ ...SLOW, waitsInARow: 37 }];
    const heldFor = (totalMs: number, starvedMs: number) => {
      const delays = { watchedMs: 60_000, sinceMs: null, count: 40, totalMs, worstMs: 900 };
      const rest = { starvedMs, ownWorkMs: 0, unseenMs: totalMs, places: [] };
      return findingsFor({ routes, delays: { ...delays, ...rest } });
    };
    const once =
      'NOTICE: GET /user takes 4.1 s (50 requests lately, on average), ≈90 % of it waiting in priceOrder (src/price.ts:6).';
    expect(heldFor(20_000, 0)).toContain(once);
    expect(heldFor(2_000, 20_000)).toContain(once);
    expect(heldFor(2_000, 0)).toContainEqual(
      expect.stringMatching(/^WARNING: .* ≈37 times in a row/),
    );
  });

  test('because it sleeps, and no event ends that sooner', () => {
    const route = { ...SLOW, waitsForEventShare: 1, maxMs: 4_300 };
    expect(findingsFor({ routes: [route] })[0]).toContain('waiting in priceOrder');
    const alike = { ...route, maxMs: 6_000, recent: { count: 50, meanMs: 5_800 } };
    expect(findingsFor({ routes: [alike] })[0]).toContain('waiting in priceOrder');
  });

  test('because of one wait after the other, each with its time limit', () => {
    const route = { ...SLOW, waitsForEventShare: 1, maxMs: 25_000, waitsInARow: 98 };
    expect(findingsFor({ routes: [{ ...route, rowFrames: [PRICE] }] })[0]).toMatch(/^WARNING/);
  });

  test('at several lines of one function', () => {
    const later = aFrame('priceOrder', '/app/src/price.ts', 9);
    const waits = [waitIn(PRICE, 0.4), waitIn(later, 0.3)];
    expect(findingsFor({ routes: [{ ...SLOW, waits }] })[0]).toContain(
      '≈70 % of it waiting in priceOrder (src/price.ts:6)',
    );
  });

  test('at two places that take most of the time together', () => {
    const stock = aFrame('reserveStock', '/app/src/stock.ts', 3);
    const waits = [waitIn(PRICE, 0.45), waitIn(stock, 0.4)];
    expect(findingsFor({ routes: [{ ...SLOW, waits, waitsInARow: 98 }] })).toEqual([
      'NOTICE: GET /user takes 4.1 s (50 requests lately, on average), ≈45 % of it waiting in priceOrder (src/price.ts:6) and ≈40 % in reserveStock (src/stock.ts:3).',
    ]);
  });

  test('at two places of which one calls the other', () => {
    const list = aFrame('listOrders', '/app/src/orders.ts', 9);
    const waits = [{ ...waitIn(PRICE, 0.41), frames: [PRICE, list] }, waitIn(list, 0.4)];
    expect(findingsFor({ routes: [{ ...SLOW, waits }] })[0]).toContain(
      '≈81 % of it waiting in listOrders (src/orders.ts:9).',
    );
  });

  test('because it works on the thread', () => {
    const cpu = { kind: 'CPU', place: null, frames: [], share: 0.8, samples: 0 } as const;
    expect(findingsFor({ routes: [{ ...SLOW, waits: [cpu] }] })).toEqual([
      'NOTICE: GET /user takes 4.1 s (50 requests lately, on average), 80 % of it at work on the thread.',
    ]);
  });
});

describe('no route is slow', () => {
  test.each([
    ['that waits once for 200 ms', { routes: [{ ...SLOW, recent: { count: 50, meanMs: 210 } }] }],
    [
      'of which few requests were served',
      { routes: [{ ...SLOW, recent: { count: 2, meanMs: 4e3 } }] },
    ],
    ['that was slow a while ago', { routes: [{ ...SLOW, recent: { count: 0, meanMs: 0 } }] }],
    [
      'that waits at many places',
      { routes: [{ ...SLOW, waits: [waitIn(PRICE, 0.3), waitIn(aFrame('f', '/app/f.ts'), 0.1)] }] },
    ],
    ['of which nobody knows where it waits', { routes: [{ ...SLOW, waits: [] }] }],
    [
      'whose requests wait for an event, or for the end of their time',
      { routes: [{ ...SLOW, waitsForEventShare: 1, maxMs: 25_000 }] },
    ],
    [
      'whose requests wait until their time is over, as nothing happens',
      {
        routes: [
          { ...SLOW, waitsForEventShare: 1, maxMs: 25_000, recent: { count: 50, meanMs: 25_000 } },
        ],
      },
    ],
    [
      'whose answers stream',
      { routes: [SLOW], requests: [aRequest({ ageMs: 60_000, isUnanswered: false })] },
    ],
  ])('%s', (_, given: Partial<Evidence>) => {
    expect(findingsFor(given)).toEqual([]);
  });
});
