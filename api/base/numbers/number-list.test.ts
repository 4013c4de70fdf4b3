import { expect, it } from 'vitest';
import { NumberList } from './number-list.ts';

it('keeps what was pushed, in its order, however much it is', () => {
  const list = new NumberList();
  for (let number = 0; number < 1_000; number++) list.push(number * -3);
  list.set(7, 5);
  expect(list.length).toBe(1_000);
  expect([0, 6, 7, 64, 999].map((index) => list.at(index))).toEqual([0, -18, 5, -192, -2_997]);
});
