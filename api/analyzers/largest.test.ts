import { describe, expect, it } from 'vitest';
import { randomNumbers } from '../../scripts/testing/mutations.ts';
import { largest } from './largest.ts';

const descending = (a: number, b: number) => b - a;

describe('the largest of some items', () => {
  it.each([
    [2, [3, 2]],
    [0, []],
    [3, [3, 2, 1]],
    [Number.POSITIVE_INFINITY, [3, 2, 1]],
  ])('are the first %d of them sorted', (limit, expected) => {
    expect(largest([3, 1, 2], limit, descending)).toEqual(expected);
  });

  it('are what sorting all of them gives, ties in the order of the input', () => {
    const random = randomNumbers(7);
    const items = Array.from({ length: 500 }, (_, id) => ({ id, size: Math.floor(random() * 40) }));
    const compare = (a: { size: number }, b: { size: number }) => b.size - a.size;
    expect(largest(items, 60, compare)).toEqual(items.toSorted(compare).slice(0, 60));
  });
});
