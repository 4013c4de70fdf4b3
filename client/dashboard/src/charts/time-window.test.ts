import { describe, expect, test } from 'vitest';
import { pointsEvery } from '../testing/points.ts';
import { pointsWithin, windowOf } from './time-window.ts';

/** Every 10 s for 10 minutes, the last at 600 s. */
const points = pointsEvery(
  10_000,
  600_000,
  Array.from({ length: 61 }, () => ({})),
);

describe('the window of the charts', () => {
  test('ends at the latest point and is as long as the range', () => {
    expect(windowOf(points, '1m')).toEqual({ fromMs: 540_000, toMs: 600_000 });
  });

  test('is no longer than what is known', () => {
    expect(windowOf(points, '1h')).toEqual({ fromMs: 0, toMs: 600_000 });
    expect(windowOf(points, 'all')).toEqual({ fromMs: 0, toMs: 600_000 });
  });

  test('has some width even with a single point', () => {
    const { fromMs, toMs } = windowOf(points.slice(0, 1), '5m');
    expect(toMs - fromMs).toBe(10_000);
  });

  test('draws one point beyond either edge, so that lines reach them', () => {
    const drawn = pointsWithin(points, { fromMs: 105_000, toMs: 125_000 });
    expect(drawn.map((point) => point.timeMs)).toEqual([100_000, 110_000, 120_000, 130_000]);
  });

  test('draws nothing where nothing is', () => {
    expect(pointsWithin([], { fromMs: 0, toMs: 10 })).toEqual([]);
  });
});
