import { describe, expect, test } from 'vitest';
import type { Evidence } from '../../evidence/evidence.ts';
import type { DelayEvidence } from '../../evidence/loop.ts';
import { aFrame, aLoop, HEALTHY_POINTS } from '../../testing/evidence.ts';
import { told } from '../../testing/told.ts';
import { blockedLoop } from './blocked-loop.ts';
import { cpuStarved } from './cpu-starved.ts';
import { delayedLoop } from './delayed-loop.ts';
import { lateLoop } from './late-loop.ts';

const EXPORT = aFrame('exportOrders', '/app/src/orders.ts', 5);
const STRINGIFY = aFrame('JSON.stringify', '');
const PLAN = aFrame('plan', '/app/src/plan.ts', 2);
const PACKAGE = aFrame('render', '/app/node_modules/pug/index.js', 9);

/** A minute in which `exportOrders` held the loop 20 times. */
function delaysOf(given: Partial<DelayEvidence> = {}): DelayEvidence {
  return {
    watchedMs: 60_000,
    sinceMs: 1,
    count: 20,
    totalMs: 6_000,
    worstMs: 480,
    starvedMs: 0,
    ownWorkMs: 0,
    unseenMs: 0,
    places: [{ frames: [STRINGIFY, EXPORT], ms: 5_000, nativeMs: 0 }],
    ...given,
  };
}

const LATE_POINTS = HEALTHY_POINTS.map((point) => ({ ...point, eventLoopDelayP99Ms: 235 }));

describe('a loop that is held up again and again', () => {
  test('is told with the line that does it', () => {
    expect(told(delayedLoop, { delays: delaysOf() })).toBe(
      'WARNING: Event loop held up 20 times in 60 s, for 6 s together and up to 480 ms at once: ≈83 % of it in exportOrders (src/orders.ts:5).',
    );
  });

  test('is told by the function that was called, where looks meet who called it as native code returns', () => {
    const HANDLER = aFrame('(anonymous)', '/app/src/app.ts', 13);
    const places = [
      { frames: [HANDLER], ms: 3_000, nativeMs: 3_000 },
      { frames: [EXPORT, HANDLER], ms: 2_000, nativeMs: 1_500 },
    ];
    expect(told(delayedLoop, { delays: delaysOf({ places }) })).toMatch(
      /≈83 % of it in native code called by exportOrders \(src\/orders\.ts:5\)\.$/,
    );
  });

  test('is told by who calls where it works itself', () => {
    const places = [
      { frames: [PLAN], ms: 3_000, nativeMs: 0 },
      { frames: [EXPORT, PLAN], ms: 2_000, nativeMs: 0 },
    ];
    expect(told(delayedLoop, { delays: delaysOf({ places }) })).toMatch(
      /in plan \(src\/plan\.ts:2\)\.$/,
    );
  });

  test('is a notice where each time is short, however many there are', () => {
    expect(told(delayedLoop, { delays: delaysOf({ count: 80, worstMs: 120 }) })).toMatch(
      /^NOTICE: Event loop held up 80 times/,
    );
  });

  test('is told to be in native code where it mostly is', () => {
    const places = [{ frames: [EXPORT], ms: 5_000, nativeMs: 4_000 }];
    expect(told(delayedLoop, { delays: delaysOf({ places }) })).toMatch(
      /≈83 % of it in native code called by exportOrders \(src\/orders\.ts:5\)\.$/,
    );
  });

  test.each([
    ['is not watched', null],
    ['was watched for a moment', delaysOf({ watchedMs: 2_000 })],
    ['was held up twice', delaysOf({ count: 2 })],
    ['was held up for a hundredth of the time', delaysOf({ totalMs: 600 })],
    [
      'was held up by many lines',
      delaysOf({ places: [{ frames: [EXPORT], ms: 900, nativeMs: 0 }] }),
    ],
    [
      'was held up outside of the program',
      delaysOf({ places: [{ frames: [PACKAGE], ms: 6e3, nativeMs: 0 }] }),
    ],
  ])('accuses nobody where it %s', (_name, delays) => {
    expect(told(delayedLoop, { delays })).toBeNull();
  });

  test('accuses no line of a starved thread that was late for longer than it ran', () => {
    const starved = aMinute({ ranMs: 1_000, waitedMs: 16_000 });
    expect(told(delayedLoop, { delays: delaysOf(), cpuTime: starved })).toBeNull();
    const busy = aMinute({ ranMs: 3_000, waitedMs: 16_000 });
    expect(told(delayedLoop, { delays: delaysOf(), cpuTime: busy })).toMatch(
      /^NOTICE: .* exportOrders/,
    );
  });

  test('accuses no line that collections of garbage interrupt', () => {
    const places = [{ frames: [EXPORT], ms: 6_000, nativeMs: 6_000 }];
    const points = HEALTHY_POINTS.map((point) => ({ ...point, gcPauseTotalMs: 800 }));
    expect(told(delayedLoop, { delays: delaysOf({ places }), points })).toBeNull();
  });
});

describe('a loop that is late', () => {
  test('for a reason that nobody knows is worth a notice', () => {
    expect(told(lateLoop, { points: LATE_POINTS })).toBe('NOTICE: Event loop delayed, p99 235 ms.');
  });

  test.each<[string, Partial<Evidence>]>([
    ['it is blocked', { loop: aLoop({ state: 'RUNNING_JAVASCRIPT' }) }],
    ['a line holds it up', { delays: delaysOf() }],
    ['it is watched, and nothing holds it up', { delays: delaysOf({ count: 0, totalMs: 0 }) }],
    ['the program is not given a core', { cpuTime: aMinute({ ranMs: 1_500, waitedMs: 20_000 }) }],
  ])('is not told a second time where %s', (_name, given) => {
    expect(told(lateLoop, { points: LATE_POINTS, ...given })).toBeNull();
  });
});

function aMinute(given: Partial<NonNullable<Evidence['cpuTime']>>): Evidence['cpuTime'] {
  return { lastedMs: 30_000, ranMs: 0, waitedMs: 0, quota: null, ...given };
}

describe('a program that is not given the CPU', () => {
  test('is told how long it waited', () => {
    expect(told(cpuStarved, { cpuTime: aMinute({ ranMs: 3_000, waitedMs: 20_000 }) })).toBe(
      'NOTICE: The main thread waited for a core 67 % of the last 30 s, and ran 10 % of it: other programs, or other threads of this one, use the cores.',
    );
  });

  test('because of its limit is told so', () => {
    const quota = { periods: 300, throttledPeriods: 200, throttledMs: 12_000 };
    expect(told(cpuStarved, { cpuTime: aMinute({ ranMs: 15_000, waitedMs: 12_000, quota }) })).toBe(
      'WARNING: The main thread waited for a core 40 % of the last 30 s, and ran 50 % of it: the CPU limit of its container stopped the process in 200 of 300 periods.',
    );
  });

  test.each([
    ['of a kernel that does not tell', null],
    ['at the first look', aMinute({ lastedMs: 2_000, waitedMs: 2_000 })],
    ['that waits now and then', aMinute({ ranMs: 1_000, waitedMs: 4_000 })],
    ['that has its part of a busy machine', aMinute({ ranMs: 16_000, waitedMs: 13_000 })],
    [
      'whose other threads use up its limit',
      aMinute({ ranMs: 1_000, quota: { periods: 300, throttledPeriods: 90, throttledMs: 900 } }),
    ],
  ])('is not what is said %s', (_name, cpuTime) => {
    expect(told(cpuStarved, { cpuTime })).toBeNull();
  });

  test('does not have its code blamed for the silence', () => {
    const starved = aLoop({
      state: 'RUNNING_JAVASCRIPT',
      blockedForMs: 4_000,
      starvedForMs: 3_900,
    });
    expect(told(blockedLoop, { loop: starved })).toBeNull();
    const unknown = aLoop({ state: 'IN_NATIVE_CODE', blockedForMs: 16_000 });
    expect(told(blockedLoop, { loop: unknown })).toMatch(/^CRITICAL/);
    const cpuTime = aMinute({ ranMs: 600, waitedMs: 16_000 });
    expect(told(blockedLoop, { loop: unknown, cpuTime })).toMatch(/^NOTICE/);
    const busy = aLoop({
      state: 'RUNNING_JAVASCRIPT',
      frames: [EXPORT],
      blockedForMs: 4_000,
      starvedForMs: 3_000,
    });
    expect(told(blockedLoop, { loop: busy })).toMatch(/^CRITICAL/);
  });
});
