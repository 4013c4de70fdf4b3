import { describe, expect, test } from 'vitest';
import type { Evidence } from './evidence/evidence.ts';
import type { Health } from './finding.ts';
import { assessHealth } from './health.ts';
import {
  aFrame,
  aGroup,
  aLoop,
  aPoint,
  evidenceOf,
  growingTasks,
  HEALTHY_POINTS,
  NOW_MS,
  pointsEvery,
} from './testing/evidence.ts';

function assess(given: Partial<Evidence>, before: Health | null = null): Health {
  return assessHealth(evidenceOf(given), { target: 'self', before });
}

/** As a reader sees it: the findings, or the one sentence where there are none. */
function sentencesFor(given: Partial<Evidence>): string[] {
  const { status, sentence, findings } = assess(given);
  if (findings.length === 0) return [`${status}: ${sentence}`];
  return findings.map((finding) => `${finding.severity}: ${finding.sentence}`);
}

const HEALTHY = ['HEALTHY: Healthy.'];
/** A target that tells its tasks, and has no list of its requests. */
const UNLISTED = { kind: 'PPROFQL', growingTasks: null, requests: null, routes: null } as const;
const PARSE = aFrame('parse', 'node:internal/json', 9);
const HANDLE = aFrame('handle', '/app/src/shop.ts', 40);
const PACKAGE = aFrame('query', '/app/node_modules/pg/client.js', 5);

/** So many megabytes at the end of a healthy time. */
const heapOf = (megabytes: readonly number[]) => megabytes.map((each) => ({ alloc: each * 1e6 }));

describe('a process that works', () => {
  test('is healthy', () => {
    expect(sentencesFor({})).toEqual(HEALTHY);
  });

  test('is healthy with background work that has been waiting for hours', () => {
    const hours = aGroup({ oldestWaitMs: 9 * 3_600_000 });
    expect(sentencesFor({ tasks: [hours] })).toEqual(HEALTHY);
  });

  test('is healthy with work that outlives its request by a few seconds', () => {
    const brief = aGroup({ stuckCount: 3, outlivedRequest: 3, oldestWaitMs: 4_000 });
    expect(sentencesFor({ tasks: [brief] })).toEqual(HEALTHY);
  });

  test('is healthy with one slow interval', () => {
    const points = [
      ...HEALTHY_POINTS.slice(0, -3),
      ...pointsEvery(10_000, [{}, { eventLoopDelayP99Ms: 400 }, { eventLoopDelayP99Ms: 3 }]),
    ];
    expect(sentencesFor({ points })).toEqual(HEALTHY);
  });

  test('is healthy while its heap is a saw blade', () => {
    const levels = [100, 160, 100, 160, 100, 160, 100, 160, 100, 160, 100, 160, 100, 160, 100, 160];
    expect(sentencesFor({ points: pointsEvery(10_000, heapOf(levels)) })).toEqual(HEALTHY);
  });
});

describe('what is too early to tell', () => {
  test('is everything before the first point', () => {
    expect(sentencesFor({ points: [], tasks: null })).toEqual([
      'HEALTHY: Too early to tell: no figures have come yet.',
    ]);
  });

  test('is said of each question that needs more time', () => {
    expect(sentencesFor({ points: pointsEvery(10_000, [{}, {}, {}, {}]) })).toEqual([
      'HEALTHY: Healthy so far; it is too early to tell whether the tasks grow in number or the heap grows.',
    ]);
  });

  test('is what nobody has read the tasks for', () => {
    expect(sentencesFor({ tasks: null, growingTasks: null })).toEqual([
      'HEALTHY: Healthy so far; it is too early to tell whether tasks are stuck.',
    ]);
  });

  test('keeps nothing that is known already from being told', () => {
    expect(sentencesFor({ points: [aPoint({ alloc: 3.8e9 })] })).toEqual([
      'CRITICAL: Heap at 95 % of its limit of 4.00 GB.',
    ]);
  });
});

describe('a target', () => {
  const target = { ...UNLISTED, kind: 'GO', loop: null } as const;

  test('that does not answer is in trouble, whatever its last figures were', () => {
    const error = 'target orders could not be asked for /debug/pprof/: fetch failed';
    const full = aPoint({ isResponding: false, alloc: 3.9e9 });
    for (const points of [[], [full]]) {
      expect(sentencesFor({ ...target, error, points })).toEqual([
        `CRITICAL: Not answering: ${error}.`,
      ]);
    }
  });

  test('that gives its figures and refuses something else is not called silent', () => {
    const error = 'target orders answered /debug/pprof/profile with 500: in use';
    expect(sentencesFor({ ...target, error })).toEqual([
      `WARNING: It was asked in vain: ${error}.`,
    ]);
  });

  test('of Go that has ever more goroutines is not called healthy', () => {
    const points = pointsEvery(
      10_000,
      Array.from({ length: 19 }, (_, index) => ({ goroutines: 200 + 20 * index })),
    );
    expect(sentencesFor({ ...target, points })).toEqual([
      'WARNING: Ever more goroutines: +260 in 3 min.',
    ]);
  });

  test('of Go has goroutines that are stuck', () => {
    const tasks = [aGroup({ count: 7, sampled: 7, stuckCount: 7 })];
    expect(sentencesFor({ ...target, tasks })).toEqual([
      'WARNING: 7 goroutines potentially stuck, in loadUser (src/user.ts:7), for up to 5 min.',
    ]);
  });

  test('that is a file is not called healthy', () => {
    expect(sentencesFor({ kind: 'FILE', loop: null, points: [aPoint()], tasks: null })).toEqual([
      'HEALTHY: Nothing in these files looks stuck.',
    ]);
  });
});

describe('a process in trouble', () => {
  test('does not answer, for the time since it last did', () => {
    const points = pointsEvery(6_000, [{}, { isResponding: false }, { isResponding: false }]);
    expect(sentencesFor({ points, loop: null })).toEqual([
      'CRITICAL: Not answering for 12 s: the main thread is blocked.',
    ]);
  });

  test('does not answer, and the function that holds it is named', () => {
    const loop = aLoop({ state: 'RUNNING_JAVASCRIPT', frames: [PARSE, HANDLE] });
    expect(assess({ loop }).findings).toMatchObject([
      {
        kind: 'BLOCKED_LOOP',
        sentence: 'Not answering for 12 s: stuck in handle (src/shop.ts:40).',
        sinceMs: NOW_MS - 12_000,
        culprit: HANDLE,
        stack: [PARSE, HANDLE],
      },
    ]);
  });

  test.each([
    [
      'IN_NATIVE_CODE',
      [HANDLE],
      'CRITICAL',
      'stuck in native code called by handle (src/shop.ts:40)',
    ],
    ['IN_NATIVE_CODE', [], 'CRITICAL', 'stuck in native code'],
    ['UNKNOWN', [], 'CRITICAL', 'the main thread is blocked'],
  ] as const)('does not answer in state %s with frames %j', (state, frames, severity, cause) => {
    const loop = aLoop({ state, frames });
    expect(sentencesFor({ loop })).toEqual([`${severity}: Not answering for 12 s: ${cause}.`]);
  });

  test('is not to blame for a debugger or a heap read that holds it', () => {
    expect(sentencesFor({ loop: aLoop({ state: 'PAUSED_BY_DEBUGGER' }) })).toEqual([
      'WARNING: Paused by a debugger for 12 s.',
    ]);
    expect(sentencesFor({ loop: aLoop({ state: 'READ_BY_PPROFQL' }) })).toEqual([
      'NOTICE: Held up by pprofql for 12 s.',
    ]);
  });

  test('has recovered before the next point says so', () => {
    const points = [...HEALTHY_POINTS.slice(0, -1), aPoint({ isResponding: false })];
    expect(sentencesFor({ points, loop: aLoop({ state: 'RESPONSIVE' }) })).toEqual(HEALTHY);
  });

  test('is judged by its points where the event loop is not watched', () => {
    const points = pointsEvery(6_000, [{}, { isResponding: false }]);
    expect(sentencesFor({ points, loop: null })).toEqual([
      'CRITICAL: Not answering for 6 s: the main thread is blocked.',
    ]);
  });

  test('has work left behind by requests, named by the largest group', () => {
    const mail = aFrame('sendMail', '/app/src/mail.ts', 3);
    const tasks = [
      aGroup({ stuckCount: 2, outlivedRequest: 2, routes: [{ route: 'GET /user', count: 2 }] }),
      aGroup({
        stuckCount: 10,
        outlivedRequest: 10,
        topFrame: PACKAGE,
        frames: [PACKAGE, mail],
        routes: [{ route: 'POST /order', count: 10 }],
      }),
    ];
    expect(assess({ ...UNLISTED, tasks }).findings).toMatchObject([
      {
        kind: 'LEFT_BEHIND',
        severity: 'WARNING',
        sentence:
          '12 tasks left behind by ended requests, mostly in sendMail (src/mail.ts:3), for up to 5 min.',
        // Stuck from the moment at which it had waited for a minute.
        sinceMs: NOW_MS - 4 * 60_000,
        culprit: mail,
        stack: [PACKAGE, mail],
        count: 12,
        routes: [
          { route: 'POST /order', count: 10 },
          { route: 'GET /user', count: 2 },
        ],
      },
    ]);
  });

  test('has work left behind of which only a sample was seen, and says so', () => {
    const sampled = aGroup({ count: 40, sampled: 2, stuckCount: 40, outlivedRequest: 40 });
    expect(assess({ ...UNLISTED, tasks: [sampled] }).sentence).toMatch(/^≈40 tasks left behind/);
  });

  test('has a request that does not come to an end', () => {
    expect(sentencesFor({ ...UNLISTED, tasks: [aGroup({ stuckCount: 1 })] })).toEqual([
      'WARNING: 1 task of running requests waiting, in loadUser (src/user.ts:7), for up to 5 min.',
    ]);
  });

  test('has a request that waits in code that is not its own, of which no line is to blame', () => {
    const tasks = [aGroup({ stuckCount: 1, topFrame: PACKAGE, frames: [PACKAGE] })];
    expect(assess({ ...UNLISTED, tasks }).findings).toMatchObject([
      {
        culprit: null,
        sentence: expect.stringContaining('in query (node_modules/pg/client.js:5)'),
      },
    ]);
  });

  test('has requests of which the group with a line of the program tells more than a larger one', () => {
    const request = { function: 'GET /user', file: '', line: 0 };
    const requests = { topFrame: request, frames: [request] };
    const tied = [aGroup({ stuckCount: 2, ...requests }), aGroup({ stuckCount: 2 })];
    expect(sentencesFor({ ...UNLISTED, tasks: tied })).toEqual([
      'WARNING: 4 tasks of running requests waiting, mostly in loadUser (src/user.ts:7), for up to 5 min.',
    ]);
    const larger = [aGroup({ stuckCount: 9, ...requests }), aGroup({ stuckCount: 2 })];
    expect(sentencesFor({ ...UNLISTED, tasks: larger })).toEqual([
      'WARNING: 11 tasks of running requests waiting, some of them in loadUser (src/user.ts:7), for up to 5 min.',
    ]);
  });

  test('has a late event loop in most of the latest intervals', () => {
    const points = [
      ...HEALTHY_POINTS.slice(0, -3),
      ...pointsEvery(10_000, [
        { eventLoopDelayP99Ms: 180 },
        { eventLoopDelayP99Ms: 3 },
        { eventLoopDelayP99Ms: 120 },
      ]),
    ];
    expect(sentencesFor({ points })).toEqual(['NOTICE: Event loop delayed, p99 180 ms.']);
  });

  test('has no time left in any of the latest intervals', () => {
    const points = pointsEvery(10_000, Array(20).fill({ eventLoopUtilization: 0.98 }));
    expect(sentencesFor({ points })).toEqual(['NOTICE: The main thread is busy 98 % of the time.']);
  });

  test('spends its time collecting garbage', () => {
    const points = [
      ...HEALTHY_POINTS.slice(0, -4),
      ...pointsEvery(10_000, [
        {},
        { gcPauseTotalMs: 1_500 },
        { gcPauseTotalMs: 1_500 },
        { gcPauseTotalMs: 1_500 },
      ]),
    ];
    expect(sentencesFor({ points })).toEqual([
      'NOTICE: Collecting garbage takes 15 % of the time.',
    ]);
  });

  const growing = pointsEvery(
    20_000,
    heapOf(Array.from({ length: 16 }, (_, index) => 50 + index * 4)),
  );

  test('keeps more and more memory, most of it from one place', () => {
    const remember = aFrame('remember', '/app/cache.ts', 31);
    const growth = [
      { frames: [remember], grownBytes: 40e6, marginBytes: null },
      { frames: [aFrame('log', '/app/log.ts', 2)], grownBytes: 10e6, marginBytes: null },
    ];
    expect(assess({ points: growing, growth }).findings).toMatchObject([
      {
        kind: 'HEAP_GROWTH',
        severity: 'WARNING',
        sentence: 'Heap grew 44.0 MB in 5 min, ≈ 80 % of it from remember (cache.ts:31).',
        culprit: remember,
        bytes: 44e6,
      },
    ]);
  });

  test('is called after what grows most in proportion, where several things grow', () => {
    const kindsWhere = (tasks: (index: number) => number) =>
      assess({
        growingTasks: [growingTasks({ grownBy: 1_000 })],
        points: growing.map((point, index) => ({ ...point, goroutines: tasks(index) })),
      }).findings.map(({ kind }) => kind);
    expect(kindsWhere((index) => 20 + index * 200)).toEqual(['TASK_GROWTH', 'HEAP_GROWTH']);
    expect(kindsWhere((index) => 1_000 + index * 60)).toEqual(['HEAP_GROWTH', 'TASK_GROWTH']);
  });

  test('keeps more and more memory of which nobody has read the stacks', () => {
    expect(sentencesFor({ points: growing })).toEqual(['WARNING: Heap grew 44.0 MB in 5 min.']);
  });

  test('is about to run out of heap, which comes before everything less urgent', () => {
    const points = [aPoint({ alloc: 3.8e9 })];
    expect(sentencesFor({ ...UNLISTED, points, tasks: [aGroup({ stuckCount: 1 })] })).toEqual([
      'CRITICAL: Heap at 95 % of its limit of 4.00 GB.',
      expect.stringContaining('WARNING: 1 task'),
    ]);
  });

  test('does not mistake what is young for what fills the heap up', () => {
    const at = (...levels: number[]) => [
      ...HEALTHY_POINTS.slice(0, -2),
      ...pointsEvery(
        10_000,
        levels.map((oldSpaceUsed) => ({ alloc: 3.9e9, oldSpaceUsed })),
      ),
    ];
    expect(sentencesFor({ points: at(2e9, 2e9) })).toEqual(HEALTHY);
    // What is old and garbage is collected before it is too late.
    expect(sentencesFor({ points: at(2e9, 3.7e9) })).toEqual(HEALTHY);
    expect(sentencesFor({ points: at(3.8e9, 3.7e9) })).toEqual([
      'CRITICAL: Heap at 93 % of its limit of 4.00 GB.',
    ]);
  });

  test('is as bad as the worst finding, and says that one first', () => {
    const health = assess({
      ...UNLISTED,
      tasks: [aGroup({ stuckCount: 1 })],
      loop: aLoop({ state: 'RUNNING_JAVASCRIPT', frames: [HANDLE] }),
    });
    expect(health.status).toBe('CRITICAL');
    expect(health.sentence).toBe('Not answering for 12 s: stuck in handle (src/shop.ts:40).');
    expect(health.findings.map(({ severity }) => severity)).toEqual(['CRITICAL', 'WARNING']);
  });
});

describe('a finding', () => {
  const busy = { points: pointsEvery(10_000, Array(20).fill({ eventLoopUtilization: 0.98 })) };

  test('keeps its id and its beginning for as long as it lasts', () => {
    const first = assess(busy);
    const later = assess({ ...busy, nowMs: NOW_MS + 60_000 }, first);
    expect(later.findings).toEqual(first.findings);
    expect(later.checkedAtMs).toBe(NOW_MS + 60_000);
    const again = assess({ ...busy, nowMs: NOW_MS + 120_000 }, assess({}, later));
    expect(again.findings[0]!.sinceMs).toBe(NOW_MS + 120_000);
  });

  test('has an id of its own for each target, rule and culprit', () => {
    const stuckIn = (...frames: Parameters<typeof aFrame>) =>
      aLoop({ state: 'RUNNING_JAVASCRIPT', frames: [aFrame(...frames)] });
    const findings = [
      ...assess({ loop: stuckIn('handle', '/app/a.ts', 1) }).findings,
      ...assess({ loop: stuckIn('handle', '/app/a.ts', 2) }).findings,
      ...assess({ ...busy, loop: stuckIn('handle', '/app/b.ts', 1) }).findings,
      ...assessHealth(evidenceOf(busy), { target: 'orders' }).findings,
    ];
    expect(new Set(findings.map(({ id }) => id)).size).toBe(findings.length);
  });
});
