import { describe, expect, test } from 'vitest';
import { assessHealth } from './health.ts';
import { assess, HEALTHY, heapOf, sentencesFor, UNLISTED } from './testing/assess.ts';
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

const HANDLE = aFrame('handle', '/app/src/shop.ts', 40);

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

  test('or is not to be read keeps nothing else from being told', () => {
    const evidence = evidenceOf({ points: [aPoint({ alloc: 3.8e9 })] });
    Object.defineProperty(evidence, 'threadPool', {
      get() {
        throw new Error('not this one');
      },
    });
    expect(assessHealth(evidence, { target: 'self' }).sentence).toMatch(/^Heap at 95 %/);
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

  test('whose error ends with a mark is told with that alone', () => {
    const error = 'target orders answered /debug/vars with a login page: is it behind one?';
    expect(sentencesFor({ ...target, error, points: [] })).toEqual([
      `CRITICAL: Not answering: ${error}`,
    ]);
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

  test('that is a file tells what is listed as stuck in it, though it is no finding', () => {
    const justNow = { oldestWaitMs: null, newestWaitMs: null };
    const tasks = [aGroup({ count: 2, stuckCount: 1, outlivedRequest: 1, ...justNow })];
    expect(sentencesFor({ kind: 'FILE', loop: null, points: [aPoint()], tasks })).toEqual([
      'HEALTHY: Nothing is found to be wrong, though 1 goroutine is potentially stuck.',
    ]);
  });
});

describe('a process in trouble', () => {
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
    const cpuTime = { lastedMs: 30_000, ranMs: 2_000, waitedMs: 20_000, quota: null };
    expect(sentencesFor({ points, cpuTime })).toEqual([
      expect.stringMatching(/^NOTICE: The main thread waited for a core/),
    ]);
  });

  const growing = pointsEvery(
    20_000,
    heapOf(Array.from({ length: 16 }, (_, index) => 50 + index * 4)),
  );

  test('is called after what grows most in proportion, where several things grow', () => {
    const kindsWhere = (tasks: (index: number) => number) =>
      assess({
        growingTasks: [growingTasks({ grownBy: 1_000 })],
        points: growing.map((point, index) => ({ ...point, goroutines: tasks(index) })),
      }).findings.map(({ kind }) => kind);
    expect(kindsWhere((index) => 20 + index * 200)).toEqual(['TASK_GROWTH', 'HEAP_GROWTH']);
    expect(kindsWhere((index) => 1_000 + index * 60)).toEqual(['HEAP_GROWTH', 'TASK_GROWTH']);
  });

  test('is about to run out of heap, which comes before everything less urgent', () => {
    const points = [aPoint({ alloc: 3.8e9 })];
    expect(sentencesFor({ ...UNLISTED, points, tasks: [aGroup({ stuckCount: 1 })] })).toEqual([
      'CRITICAL: Heap at 95 % of its limit of 4.00 GB.',
      expect.stringContaining('WARNING: 1 task'),
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
