import { describe, expect, it } from 'vitest';
import { cpuClockMs } from '../../../base/own-time.ts';
import { startTimeSlices } from './time-slices.ts';

describe('time slices', () => {
  it('let the host run before each item where every slice is used up at once', async () => {
    let turnsOfHost = 0;
    const host = setInterval(() => {
      turnsOfHost += 1;
    }, 1);
    const turnsBefore: number[] = [];
    await startTimeSlices(0).forEach([1, 2, 3, 4, 5], () => void turnsBefore.push(turnsOfHost));
    clearInterval(host);
    expect(turnsBefore.at(-1)).toBeGreaterThan(0);
  });

  it('do all in one go where there is time', async () => {
    const done: number[] = [];
    const working = startTimeSlices(60_000).forEach([1, 2, 3], (item) => void done.push(item));
    expect(done).toEqual([1, 2, 3]);
    await working;
  });

  it('count their work, and not the time for which the thread has no processor', async () => {
    const slices = startTimeSlices(1);
    const nobodyWakes = new Int32Array(new SharedArrayBuffer(4));
    await slices.forEach([1, 2, 3], () => void Atomics.wait(nobodyWakes, 0, 0, 100));
    expect(slices.longestMs()).toBeGreaterThan(90);
    expect(slices.workMs()).toBeLessThan(150);
    await slices.forEach([1], () => {
      const before = cpuClockMs();
      while (cpuClockMs() - before < 20);
    });
    expect(slices.workMs()).toBeGreaterThan(19);
  });

  it('tell of the beginning and the end of each slice, never while the host has its turn', async () => {
    const told: string[] = [];
    const host = setInterval(() => told.push('host'), 1);
    const slices = startTimeSlices(0, () => {
      told.push('begin');
      return () => void told.push('end');
    });
    await slices.forEach([1, 2, 3], () => {});
    slices.end();
    clearInterval(host);
    const withoutHost = told.filter((what) => what !== 'host');
    expect(withoutHost).toEqual(['begin', 'end', 'begin', 'end', 'begin', 'end', 'begin', 'end']);
    for (const [at, what] of told.entries())
      if (what === 'host') expect(told[at - 1]).not.toBe('begin');
  });
});
