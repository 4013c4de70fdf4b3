import { expect, it, vi } from 'vitest';
import { MS_PER_SECOND } from '../../base/numbers/units.ts';
import type { Evidence } from '../../health/evidence/evidence.ts';
import { aFrame, aLoop, evidenceOf, HEALTHY_POINTS } from '../../health/testing/evidence.ts';
import type { Frame } from '../../profile/profile.ts';
import type { CpuProfile } from '../cpu/profile.ts';
import { createHotCode } from './hot-code.ts';

const BUSY: Evidence = evidenceOf({
  points: HEALTHY_POINTS.map((point) => ({ ...point, eventLoopUtilization: 1 })),
});
const IDLE: Evidence = evidenceOf();

/** `work`, called by Node, for 3 of 4 samples, and Node alone for one. */
const PROFILE = {
  durationMs: 8,
  idleMs: 4,
  profile: {
    sampleTypes: [
      { type: 'samples', unit: 'count' },
      { type: 'wall', unit: 'nanoseconds' },
    ],
    frames: [
      { function: 'work', file: '/app/work.js', line: 3 },
      { function: 'processImmediate', file: 'node:internal/timers', line: 400 },
    ],
    samples: [
      { stack: [0, 1], values: [3, 3e6] },
      { stack: [1], values: [1, 1e6] },
    ],
  },
} as unknown as CpuProfile;

function started() {
  const clock = { nowMs: 0 };
  const glance = vi.fn(async (): Promise<CpuProfile | null> => PROFILE);
  const look = vi.fn(async () => [{ function: 'Immediate.work', file: '/app/work.js', line: 5 }]);
  return {
    clock,
    glance,
    look,
    hotCode: createHotCode({ glance, look, nowMs: () => clock.nowMs }),
  };
}

it('takes no profile of a thread that has time', async () => {
  const { glance, hotCode } = started();
  await hotCode.suspect(IDLE);
  expect(glance).not.toHaveBeenCalled();
  expect(hotCode.evidence()).toBeNull();
});

it('tells where the time of a busy thread goes, until it has time again for a while', async () => {
  const { clock, hotCode } = started();
  await hotCode.suspect(BUSY);
  // The profile knows where it begins, the looks where it was.
  const frames = [{ function: 'work', file: '/app/work.js', line: 5 }];
  expect(hotCode.evidence()).toEqual({
    takenAtMs: 0,
    lastedMs: 8,
    busyMs: 4,
    collectingMs: 0,
    nodeMs: 1,
    places: [{ frames, callers: [], ms: 3, route: null }],
  });
  clock.nowMs = 50 * MS_PER_SECOND;
  await hotCode.suspect(IDLE);
  expect(hotCode.evidence()).not.toBeNull();
  clock.nowMs = 61 * MS_PER_SECOND;
  expect(hotCode.evidence()).toBeNull();
});

it('tells who calls a function for a notable part of its time', async () => {
  const { glance, hotCode } = started();
  const { profile } = PROFILE;
  const frame = (name: string) => ({ function: name, file: '/app/work.js', line: 3 });
  const frames = [frame('dial'), frame('keep'), frame('main')];
  const samples = [
    { stack: [0], values: [50, 50e6] },
    { stack: [0, 1], values: [49, 49e6] },
    { stack: [0, 1, 2], values: [1, 1e6] },
  ];
  glance.mockResolvedValue({ ...PROFILE, profile: { ...profile, frames, samples } } as never);
  await hotCode.suspect(BUSY);
  expect(hotCode.evidence()?.places).toMatchObject([{ callers: [{ function: 'keep' }], ms: 100 }]);
});

it('looks ever more seldom while the thread stays busy', async () => {
  const { clock, glance, hotCode } = started();
  for (; clock.nowMs <= 15 * 60 * MS_PER_SECOND; clock.nowMs += 10 * MS_PER_SECOND) {
    await hotCode.suspect(BUSY);
  }
  // At once, then after 30, 60, 120, 240 and 480 seconds.
  expect(glance).toHaveBeenCalledTimes(5);
});

it('does without where the profile cannot be had, and where its start would take long', async () => {
  const { glance, hotCode } = started();
  glance.mockRejectedValue(new Error('another tool has the sampler'));
  await hotCode.suspect(BUSY);
  expect(hotCode.evidence()).toBeNull();

  const large = started();
  const points = BUSY.points.map((point) => ({ ...point, alloc: 1e9 }));
  await large.hotCode.suspect({ ...BUSY, points });
  expect(large.glance).not.toHaveBeenCalled();
});

it('looks again where a stall has begun in which nobody met the program', async () => {
  const { clock, glance, hotCode } = started();
  const stalled = (frames: Frame[]) =>
    evidenceOf({ loop: aLoop({ state: 'RUNNING_JAVASCRIPT', blockedForMs: 5_000, frames }) });
  await hotCode.suspect(BUSY);
  clock.nowMs = 20 * MS_PER_SECOND;
  await hotCode.suspect(stalled([aFrame('check', '/app/work.js', 4)]));
  expect(glance).toHaveBeenCalledTimes(1);
  await hotCode.suspect(stalled([aFrame('processTicksAndRejections', 'node:internal/x', 1)]));
  await hotCode.suspect(stalled([]));
  expect(glance).toHaveBeenCalledTimes(2);
});

it('looks where a stall met several functions of the program, and tells who called whom', async () => {
  const { glance, hotCode } = started();
  const frames = [aFrame('check', '/app/work.js', 4), aFrame('poll', '/app/work.js', 9)];
  await hotCode.suspect(
    evidenceOf({ loop: aLoop({ state: 'RUNNING_JAVASCRIPT', blockedForMs: 5_000, frames }) }),
  );
  expect(glance).toHaveBeenCalledTimes(1);
});
