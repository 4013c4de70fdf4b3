import { expect, it } from 'vitest';
import { durationText } from './duration.ts';

it.each([
  [0, '0 ms'],
  [850.9, '850 ms'],
  [1_000, '1 s'],
  [119_999, '119 s'],
  [120_000, '2 min'],
  [3_599_999, '59 min'],
  [3_600_000, '1 h'],
  [3_900_000, '1 h 5 min'],
])('puts %d ms as %s', (durationMs, expected) => {
  expect(durationText(durationMs)).toBe(expected);
});
