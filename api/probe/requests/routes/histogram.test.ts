import { expect, it } from 'vitest';
import { DurationHistogram } from './histogram.ts';

function histogramOf(...durations: number[]): DurationHistogram {
  const histogram = new DurationHistogram();
  for (const us of durations) histogram.record(us);
  return histogram;
}

it.each([0, 1, 127, 128, 255])('tells %i exactly', (us) => {
  expect(histogramOf(us).percentile(100)).toBe(us);
});

it.each([256, 999, 1_000_003, 3_600_000_000])(
  'tells %i to within one percent, never less',
  (us) => {
    const told = histogramOf(us).percentile(100);
    expect(told).toBeGreaterThanOrEqual(us);
    expect(told).toBeLessThan(us * 1.01);
  },
);

it('tells what is longer than it can count as the longest it can', () => {
  expect(histogramOf(1e12).percentile(100)).toBe(2 ** 32 - 1);
});

it('finds the one that a share of all are no longer than, also in two added up', () => {
  const histogram = histogramOf(10, 20, 30);
  histogram.add(histogramOf(40));
  expect([25, 50, 75, 100].map((percent) => histogram.percentile(percent))).toEqual([
    10, 20, 30, 40,
  ]);
});
