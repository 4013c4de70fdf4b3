import { expect, test } from 'vitest';
import { floorOfThirds } from './floor-of-thirds.ts';

test.each([
  ['rises all the time', [1, 3, 5, 7, 9, 11], 8],
  ['is a saw blade that rises', [1, 9, 5, 13, 9, 17], 8],
  ['came to an end', [1, 3, 9, 9, 9, 10], null],
  ['falls again', [1, 3, 9, 9, 5, 4], null],
  ['is level', [4, 4, 4, 4, 4, 4], null],
  ['is too short', [1, 9], null],
])('the floor of what %s', (_, levels, grown) => {
  expect(floorOfThirds(levels)).toBe(grown);
});
