import { expect, it } from 'vitest';
import { solveSurvival } from './survival.ts';

const leftOf = (amounts: number[], hazards: number[], left: number) =>
  [...solveSurvival(Float64Array.from(amounts), Float64Array.from(hazards), left)].map(
    (share, at) => share * amounts[at]!,
  );

it('lets all of it be where nothing is lost', () => {
  expect(leftOf([30, 10], [9, 0], 40)).toEqual([30, 10]);
  expect(leftOf([30, 10], [9, 0], 99)).toEqual([30, 10]);
});

it('leaves nothing where all is lost', () => {
  expect(leftOf([30, 10], [9, 0], 0)).toEqual([0, 0]);
  expect(leftOf([], [], 0)).toEqual([]);
});

it('comes to an end also of what is no number', () => {
  expect(solveSurvival(Float64Array.of(30, 10), Float64Array.of(1, 0), Number.NaN)).toHaveLength(2);
});

it('takes the same share of those who are alike', () => {
  expect(leftOf([30, 10], [0, 0], 10)).toEqual([expect.closeTo(7.5), expect.closeTo(2.5)]);
});

it('takes first from those who lost before', () => {
  const [churning, kept] = leftOf([30, 10], [9, 0], 10);
  expect(churning).toBeLessThan(0.5);
  expect(kept).toBeGreaterThan(9.5);
});

it.each([0.001, 1, 17, 39.9])('always adds up to what is left, such as %f', (left) => {
  const sum = leftOf([30, 9, 1], [1e6, 0.3, 0], left).reduce((a, b) => a + b);
  expect(sum).toBeCloseTo(left, 6);
});
