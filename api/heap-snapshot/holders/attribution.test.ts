import { expect, it } from 'vitest';
import { memberships } from './attribution.ts';

const even = (...counts: number[]) => counts.map((count) => ({ count, prior: 0.5 }));
const rounded = (chances: number[]) => chances.map((chance) => Math.round(chance * 100) / 100);

it.each([
  ['the group of as many', even(350, 20), 20, [0, 1]],
  ['groups that add up to as many', even(350, 12, 8), 20, [0, 1, 1]],
  ['all, where all are wanted', even(7, 5), 12, [1, 1]],
  ['neither more than the other, where both are as many', even(9, 9), 9, [0.5, 0.5]],
  ['by what else is known, where nothing adds up', even(350, 300), 20, [0.5, 0.5]],
  ['none of none', [], 3, []],
])('takes %s', (_what, groups, wanted, chances) => {
  expect(rounded(memberships(groups, wanted))).toEqual(chances);
});

it('goes by what else is known between groups of as many', () => {
  const [likely, unlikely] = memberships(
    [
      { count: 9, prior: 0.8 },
      { count: 9, prior: 0.2 },
    ],
    9,
  );
  expect(likely! / unlikely!).toBeCloseTo(16);
});
