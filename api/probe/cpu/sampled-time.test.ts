import { describe, expect, it } from 'vitest';
import { startSampledTime, withoutGaps } from './sampled-time.ts';

/** Clocks that stand still until they are moved. */
function clocks({ wallMs = 1_000_000 } = {}) {
  let nowMs = 500;
  let epochMs = wallMs - nowMs;
  return {
    wallMs: () => epochMs + nowMs,
    monotonicMs: () => nowMs,
    pass(ms: number) {
      nowMs += ms;
    },
    setWallForward(ms: number) {
      epochMs += ms;
    },
  };
}

describe('the sampled time', () => {
  it('goes from the start to the end, whenever it is closed', () => {
    const clock = clocks();
    const time = startSampledTime(clock);
    clock.pass(100);
    time.end();
    clock.pass(900);
    const { durationUs, atUs } = time.close();
    expect(durationUs).toBe(100_000);
    const atMs = (ms: number) => atUs((1_000_000 + ms) * 1_000);
    expect([-1, 0, 40, 100, 101].map(atMs)).toEqual([null, 0, 40_000, 100_000, null]);
  });

  it('goes on after a stop of our own as if that had taken no time', () => {
    const clock = clocks();
    const time = startSampledTime(clock);
    clock.pass(50);
    const stop = { endedAtMs: clock.wallMs(), pauseMs: 20 };
    clock.pass(10);
    // Two callers shared it.
    time.leaveOut(stop);
    time.leaveOut(stop);
    clock.pass(40);
    time.end();
    const { durationUs, atUs } = time.close();
    expect(durationUs).toBe(80_000);
    const atMs = (ms: number) => atUs((1_000_000 + ms) * 1_000);
    expect([30, 40, 50, 60].map(atMs)).toEqual([30_000, null, 30_000, 40_000]);
  });

  it('takes no account of stops before its start', () => {
    const clock = clocks();
    const stop = { endedAtMs: clock.wallMs(), pauseMs: 400 };
    const time = startSampledTime(clock);
    time.leaveOut(stop);
    clock.pass(100);
    time.end();
    expect(time.close().durationUs).toBe(100_000);
  });

  it('stays right when the wall clock is set meanwhile', () => {
    const clock = clocks();
    const time = startSampledTime(clock);
    clock.pass(50);
    clock.setWallForward(3_600_000);
    clock.pass(50);
    time.end();
    const { durationUs, atUs } = time.close();
    expect(durationUs).toBe(100_000);
    expect(atUs((clock.wallMs() - 30) * 1_000)).toBe(70_000);
  });
});

describe('time in which nothing was sampled', () => {
  it('is left out where it is long', () => {
    const samples = [500_000, 3_500_000, 3_600_000];
    expect(withoutGaps(samples, 4_000_000)).toEqual({
      atUs: [500_000, 500_000, 600_000],
      durationUs: 1_000_000,
    });
  });

  it('is left out after the last sample', () => {
    expect(withoutGaps([500_000], 4_000_000)).toEqual({ atUs: [500_000], durationUs: 500_000 });
  });

  it('stays where a busy machine may be the reason', () => {
    const samples = [100_000, 900_000];
    expect(withoutGaps(samples, 1_000_000)).toEqual({ atUs: samples, durationUs: 1_000_000 });
  });

  it('stays where there are no samples at all', () => {
    expect(withoutGaps([], 4_000_000)).toEqual({ atUs: [], durationUs: 4_000_000 });
  });
});
