import { describe, expect, test } from 'vitest';
import { aPoint, pointsEvery } from '../live/testing/points.ts';
import { aFrame } from '../shared/testing/frames.ts';
import type { LoopEvidence } from './blocked.ts';
import { assessHealth, type HealthInput } from './health.ts';
import type { TaskEvidence } from './stuck-tasks.ts';

const NOW_MS = Date.parse('2026-01-31T12:00:00Z');

/** What a reader sees: no-break spaces as plain ones. */
const read = (text = '') => text.replaceAll('\u00a0', ' ');

function sentencesFor(given: Partial<HealthInput>): string[] {
  return assess(given).map((finding) => read(`${finding.severity}: ${finding.sentence}`));
}

function assess(given: Partial<HealthInput>) {
  return assessHealth({
    nowMs: NOW_MS,
    phase: 'live',
    phaseSinceMs: NOW_MS - 60_000,
    target: null,
    points: [aPoint({ timeMs: NOW_MS })],
    loop: null,
    tasks: [],
    growers: [],
    heapLimitBytes: 4e9,
    ...given,
  });
}

const aGroup = (given: Partial<TaskEvidence>): TaskEvidence => ({
  count: 10,
  sampledCount: 10,
  potentiallyStuck: 0,
  outlivedRequest: 0,
  oldestWaitMs: 5 * 60_000,
  topFunc: 'loadUser',
  topFrame: aFrame('loadUser', '/app/src/user.ts', 7),
  ...given,
});

const PARSE = aFrame('parse', 'node:internal/json', 9);
const HANDLE = aFrame('handle', '/app/src/shop.ts', 40);

/** Blocked for ten seconds as it was asked, two seconds ago. */
function aLoop(given: Partial<LoopEvidence['eventLoop']>): LoopEvidence {
  return {
    eventLoop: {
      state: 'RESPONSIVE',
      blockedForMs: 10_000,
      unwatchedReason: null,
      stack: null,
      ...given,
    },
    stalls: [{ id: '3', durationMs: null, looks: 1 }],
    process: { instanceId: 'A' },
    receivedAtMs: NOW_MS - 2_000,
  };
}

describe('a process that works', () => {
  test('is healthy', () => {
    expect(sentencesFor({})).toEqual(['fine: Healthy']);
  });

  test('is healthy with background work that has been waiting for hours', () => {
    const hours = aGroup({ oldestWaitMs: 9 * 3_600_000 });
    expect(sentencesFor({ tasks: [hours] })).toEqual(['fine: Healthy']);
  });

  test('is healthy with work that outlives its request by a few seconds', () => {
    const brief = aGroup({ potentiallyStuck: 3, outlivedRequest: 3, oldestWaitMs: 4_000 });
    expect(sentencesFor({ tasks: [brief] })).toEqual(['fine: Healthy']);
  });

  test('is healthy with one slow interval', () => {
    const points = pointsEvery(10_000, NOW_MS, [
      {},
      { eventLoopDelayP99Ms: 400 },
      { eventLoopDelayP99Ms: 3 },
    ]);
    expect(sentencesFor({ points })).toEqual(['fine: Healthy']);
  });

  test('is healthy while its heap is a saw blade', () => {
    const levels = [100, 160, 100, 160, 100, 160, 100, 160, 100, 160, 100, 160, 100, 160, 100, 160];
    const points = pointsEvery(
      10_000,
      NOW_MS,
      levels.map((megabytes) => ({ alloc: megabytes * 1e6 })),
    );
    expect(sentencesFor({ points })).toEqual(['fine: Healthy']);
  });
});

describe('what the page cannot know', () => {
  test('before the first point it says that it waits', () => {
    expect(sentencesFor({ points: [] })).toEqual(['unknown: Waiting for the first figures']);
  });

  test('without a connection it makes no statement about the process', () => {
    const tasks = [aGroup({ potentiallyStuck: 1 })];
    expect(sentencesFor({ phase: 'lost', tasks })).toEqual([
      'unknown: Connection lost, trying again',
    ]);
  });

  test('a connection lost for a moment is not worth a word', () => {
    expect(sentencesFor({ phase: 'lost', phaseSinceMs: NOW_MS - 300 })).toEqual(['fine: Healthy']);
  });
});

describe('a target', () => {
  const target = { name: 'orders', kind: 'GO', state: 'ANSWERING', error: null } as const;

  test('that does not answer is in trouble, whatever its last figures were', () => {
    const error = 'target orders could not be asked for /debug/pprof/: fetch failed';
    for (const points of [[], [aPoint({ timeMs: NOW_MS, responding: false })]]) {
      expect(sentencesFor({ target: { ...target, state: 'FAILING', error }, points })).toEqual([
        `critical: Not answering: ${error}`,
      ]);
    }
  });

  test('that gives its figures and refuses something else is not called silent', () => {
    const error = 'target orders answered /debug/pprof/profile with 500: in use';
    expect(sentencesFor({ target: { ...target, state: 'FAILING', error } })).toEqual([
      `warning: It was asked in vain: ${error}`,
    ]);
  });

  test('of Go that has ever more goroutines is not called healthy', () => {
    const points = pointsEvery(
      10_000,
      NOW_MS,
      Array.from({ length: 19 }, (_, index) => ({ goroutines: 200 + 20 * index })),
    );
    expect(sentencesFor({ target, points })).toEqual([
      'warning: Ever more goroutines: +260 in 3 min',
    ]);
  });

  test('of Go has goroutines that are stuck', () => {
    const tasks = [aGroup({ count: 7, sampledCount: 7, potentiallyStuck: 7 })];
    expect(sentencesFor({ target, tasks })).toEqual([
      'warning: 7 goroutines potentially stuck, in loadUser (user.ts:7), for up to 5 min',
    ]);
  });

  test('that is a file is not called healthy', () => {
    expect(sentencesFor({ target: { ...target, kind: 'FILE' } })).toEqual([
      'fine: Nothing in these files looks stuck',
    ]);
  });
});

describe('a process in trouble', () => {
  test('does not answer, for the time since it last did', () => {
    const points = pointsEvery(6_000, NOW_MS, [{}, { responding: false }, { responding: false }]);
    expect(sentencesFor({ points })).toEqual([
      'critical: Not answering for 12 s: the main thread is blocked',
    ]);
  });

  test('does not answer, and the function that holds it is named', () => {
    const loop = aLoop({ state: 'RUNNING_JAVASCRIPT', stack: { frames: [PARSE, HANDLE] } });
    const [finding] = assess({ loop });
    expect(read(finding?.sentence)).toBe('Not answering for 12 s: stuck in handle (shop.ts:40)');
    expect(finding?.evidence).toEqual({ view: 'overview', 'overview.stall': '3' });
  });

  test.each([
    ['IN_NATIVE_CODE', [HANDLE], 'critical', 'stuck in native code called by handle (shop.ts:40)'],
    ['IN_NATIVE_CODE', [], 'critical', 'stuck in native code'],
    ['UNKNOWN', [], 'critical', 'the main thread is blocked'],
  ] as const)('does not answer in state %s with frames %j', (state, frames, severity, cause) => {
    const loop = aLoop({ state, stack: { frames: [...frames] } });
    expect(sentencesFor({ loop })).toEqual([`${severity}: Not answering for 12 s: ${cause}`]);
  });

  test('is not to blame for a debugger or a heap read that holds it', () => {
    expect(sentencesFor({ loop: aLoop({ state: 'PAUSED_BY_DEBUGGER' }) })).toEqual([
      'warning: Paused by a debugger for 12 s',
    ]);
    expect(sentencesFor({ loop: aLoop({ state: 'READ_BY_PPROFQL' }) })).toEqual([
      'unknown: Held up by pprofql for 12 s',
    ]);
  });

  test('has recovered before the next point says so', () => {
    const points = [aPoint({ timeMs: NOW_MS, responding: false })];
    expect(sentencesFor({ points, loop: aLoop({ state: 'RESPONSIVE' }) })).toEqual([
      'fine: Healthy',
    ]);
  });

  test('is judged by its points where the event loop is not watched, or nobody asked lately', () => {
    const points = pointsEvery(6_000, NOW_MS, [{}, { responding: false }]);
    const silent = ['critical: Not answering for 6 s: the main thread is blocked'];
    const unwatched = aLoop({ unwatchedReason: 'Stalls are not watched here.' });
    expect(sentencesFor({ points, loop: unwatched })).toEqual(silent);
    const outdated = { ...aLoop({}), receivedAtMs: NOW_MS - 60_000 };
    expect(sentencesFor({ points, loop: outdated })).toEqual(silent);
  });

  test('has work left behind by requests, named by the largest group', () => {
    const tasks = [
      aGroup({ potentiallyStuck: 2, outlivedRequest: 2 }),
      aGroup({ potentiallyStuck: 10, outlivedRequest: 10, topFunc: 'sendMail' }),
    ];
    const [finding] = assess({ tasks });
    expect(read(finding?.sentence)).toBe(
      '12 tasks left behind by ended requests, mostly in sendMail (user.ts:7), for up to 5 min',
    );
    expect(finding?.evidence).toEqual({ view: 'tasks', 'tasks.only': 'stuck' });
  });

  test('has work left behind of which only a sample was seen, and says so', () => {
    const sampled = aGroup({
      count: 40,
      sampledCount: 2,
      potentiallyStuck: 40,
      outlivedRequest: 40,
    });
    expect(assess({ tasks: [sampled] })[0]?.sentence).toMatch(/^≈40 tasks left behind/);
  });

  test('has a request that does not come to an end', () => {
    expect(sentencesFor({ tasks: [aGroup({ potentiallyStuck: 1 })] })).toEqual([
      'warning: 1 task of running requests waiting, in loadUser (user.ts:7), for up to 5 min',
    ]);
  });

  test('has a late event loop in most of the latest intervals', () => {
    const points = pointsEvery(10_000, NOW_MS, [
      { eventLoopDelayP99Ms: 180 },
      { eventLoopDelayP99Ms: 3 },
      { eventLoopDelayP99Ms: 120 },
    ]);
    expect(sentencesFor({ points })).toEqual(['warning: Event loop delayed, p99 180 ms']);
  });

  test('spends its time collecting garbage', () => {
    const points = pointsEvery(10_000, NOW_MS, [
      {},
      { gcPauseTotalMs: 1_500 },
      { gcPauseTotalMs: 1_500 },
      { gcPauseTotalMs: 1_500 },
    ]);
    expect(sentencesFor({ points })).toEqual([
      'warning: Collecting garbage takes 15 % of the time',
    ]);
  });

  test('keeps more and more memory, most of it from one place', () => {
    const points = pointsEvery(
      20_000,
      NOW_MS,
      Array.from({ length: 16 }, (_, index) => ({ alloc: 50e6 + index * 4e6 })),
    );
    const growers = [
      { frame: aFrame('remember', '/app/cache.ts', 31), grownBytes: 40e6 },
      { frame: aFrame('log', '/app/log.ts', 2), grownBytes: 10e6 },
    ];
    expect(sentencesFor({ points, growers })).toEqual([
      'warning: Heap grew 44.0 MB in 5 min, 80 % of what grew is from cache.ts:31',
    ]);
  });

  test('is about to run out of heap, which comes before everything less urgent', () => {
    const points = [aPoint({ timeMs: NOW_MS, alloc: 3.8e9 })];
    const tasks = [aGroup({ potentiallyStuck: 1 })];
    expect(sentencesFor({ points, tasks })).toEqual([
      'critical: Heap at 95 % of its limit of 4.00 GB',
      expect.stringContaining('warning: 1 task'),
    ]);
  });

  test('does not mistake what is young for what fills the heap up', () => {
    const young = [aPoint({ timeMs: NOW_MS, alloc: 3.9e9, oldSpaceUsed: 2e9 })];
    expect(sentencesFor({ points: young })).toEqual(['fine: Healthy']);
    const old = [aPoint({ timeMs: NOW_MS, alloc: 3.9e9, oldSpaceUsed: 3.7e9 })];
    expect(sentencesFor({ points: old })).toEqual([
      'critical: Heap at 93 % of its limit of 4.00 GB',
    ]);
  });
});
