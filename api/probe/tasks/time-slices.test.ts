import { describe, expect, it } from 'vitest';
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
});
