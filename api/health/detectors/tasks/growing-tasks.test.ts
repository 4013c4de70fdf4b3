import { describe, expect, test } from 'vitest';
import type { Evidence } from '../../evidence/evidence.ts';
import { assessHealth } from '../../health.ts';
import { aFrame, aRequest, evidenceOf, growingTasks, pointsEvery } from '../../testing/evidence.ts';

const PACKAGE = aFrame('query', '/app/node_modules/pg/client.js', 5);
const RISING = pointsEvery(
  10_000,
  Array.from({ length: 19 }, (_, index) => ({ goroutines: 20 + 20 * index })),
);
const LEFT = growingTasks({ count: 40, sampled: 40, outlivedRequest: 40, grownBy: 30 });

function findingsFor(given: Partial<Evidence>) {
  const { findings } = assessHealth(evidenceOf(given), { target: 'self' });
  return findings.map(({ severity, sentence }) => `${severity}: ${sentence}`);
}

describe('work of requests that have ended', () => {
  test('is told where it becomes ever more', () => {
    expect(findingsFor({ growingTasks: [LEFT] })).toEqual([
      'WARNING: 40 tasks left behind by ended requests in loadUser (src/user.ts:7): 30 more in 60 s.',
    ]);
  });

  test('is a notice where timers are set that have not run off yet', () => {
    const calls = [
      aFrame('new Timeout', 'node:internal/timers'),
      aFrame('setTimeout', 'node:timers'),
    ];
    const frames = [...calls, ...LEFT.frames];
    expect(findingsFor({ growingTasks: [{ ...LEFT, state: 'timer', refed: 40, frames }] })).toEqual(
      [
        'NOTICE: 40 tasks left behind by ended requests in loadUser (src/user.ts:7): 30 more in 60 s.',
      ],
    );
  });

  test('is estimated where only a sample of it was seen', () => {
    expect(findingsFor({ growingTasks: [{ ...LEFT, sampled: 10 }] })[0]).toMatch(
      /^WARNING: ≈40 tasks .*: ≈30 more/,
    );
  });

  test.each([
    ['becomes no more', []],
    ['has grown by the last few requests alone', [{ ...LEFT, grownBy: 4 }]],
    ['is over in a while', [{ ...LEFT, oldestWaitMs: 20_000 }]],
    ['ends after a longer while', [{ ...LEFT, oldestWaitMs: 40_000, risingMs: 76_000 }]],
    ['is a timer that keeps nothing alive', [{ ...LEFT, state: 'timer', refed: 0 }]],
    ['is of requests that are mostly in flight', [{ ...LEFT, outlivedRequest: 4 }]],
    ['was begun by no line of the program', [{ ...LEFT, frames: [PACKAGE] }]],
  ])('is not told where it %s', (_, growing) => {
    expect(findingsFor({ growingTasks: growing })).toEqual([]);
  });
});

describe('ever more tasks', () => {
  test('are told with the line that makes most of them', () => {
    const growing = [growingTasks({ grownBy: 200 })];
    expect(findingsFor({ points: RISING, growingTasks: growing })).toEqual([
      'WARNING: Ever more tasks: +260 in 3 min, mostly in loadUser (src/user.ts:7).',
    ]);
  });

  test('are told with how many of them a line makes, where that is less than half', () => {
    const growing = [growingTasks({ grownBy: 100, sampled: 5 })];
    expect(findingsFor({ points: RISING, growingTasks: growing })).toEqual([
      'WARNING: Ever more tasks: +260 in 3 min, ≈100 of them in loadUser (src/user.ts:7).',
    ]);
  });

  test('are no more than a notice where nobody knows who makes them', () => {
    const growing = [growingTasks({ grownBy: 10 })];
    expect(findingsFor({ points: RISING, growingTasks: growing })).toEqual([
      'NOTICE: Ever more tasks: +260 in 3 min.',
    ]);
  });

  describe('are told as a notice before there is a history', () => {
    const points = RISING.slice(-8);
    const steep = growingTasks({ grownBy: 180, count: 200, sampled: 200 });
    const early = (given: Partial<typeof steep>) =>
      findingsFor({ points, growingTasks: [{ ...steep, ...given }] });

    test('where one line makes many more', () => {
      expect(early({})).toEqual([
        'NOTICE: Ever more tasks: +180 in 60 s, mostly in loadUser (src/user.ts:7).',
      ]);
    });

    test.each([
      ['are few', { grownBy: 90 }],
      ['are known for too short', { lastedMs: 46_000 }],
      [
        'are of requests in flight',
        { routes: [{ route: 'GET /', count: 200 }], outlivedRequest: 9 },
      ],
      ['are of no line of the program', { frames: [PACKAGE] }],
    ])('but not where they %s', (_, given) => {
      expect(early(given)).toEqual([]);
    });
  });

  const accepted = (grownBy: number) =>
    growingTasks({ state: 'IO wait', frames: [aFrame('TCPWRAP', '', 0)], grownBy });
  test.each([
    ['by line', [growingTasks({ grownBy: 100 }), accepted(90)]],
    ['at many lines', [growingTasks({ grownBy: 30 }), accepted(60)]],
  ])('are well where as many more clients are connected that have them, %s', (_, growing) => {
    expect(findingsFor({ points: RISING, growingTasks: growing })).toEqual([]);
  });

  test('are well where as many more requests go on, as those of server-sent events, whose connections nobody has counted', () => {
    const served = (each: number) =>
      findingsFor({
        points: RISING.map((point, at) => ({ ...point, requestsInFlight: each * at })),
        growingTasks: [growingTasks({ grownBy: 30 })],
      });
    expect(served(4)).toEqual([]);
    expect(served(0)).toHaveLength(1);
  });

  test('are well where they came to an end, as when more is served than before', () => {
    const points = pointsEvery(
      10_000,
      Array.from({ length: 19 }, (_, index) => ({ goroutines: index < 6 ? 20 : 200 })),
    );
    expect(findingsFor({ points })).toEqual([]);
  });

  test('are told where hardly more clients are connected', () => {
    const growing = [growingTasks({ grownBy: 200 }), accepted(20)];
    expect(findingsFor({ points: RISING, growingTasks: growing })).toHaveLength(1);
  });

  test('are not told beside what says what they are', () => {
    const requests = [1, 2].map((id) => aRequest({ id, ageMs: 60_000 }));
    expect(findingsFor({ points: RISING, requests })).toEqual([
      expect.stringMatching(/^WARNING: 2 requests of GET \/user hang/),
    ]);
  });
});
