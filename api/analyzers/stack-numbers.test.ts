import { expect, it } from 'vitest';
import { createStackNumbers } from './stack-numbers.ts';

it('numbers stacks in the order they appear, and equal ones alike', () => {
  const numbers = createStackNumbers();
  const stacks = [[0, 1], [1, 0], [0], [0, 1], [], [2, 0, 1], [1, 0], []];
  expect(stacks.map(numbers.numberOf)).toEqual([0, 1, 2, 0, 3, 4, 1, 3]);
});

it('tells apart a stack from its prefix and suffix', () => {
  const numbers = createStackNumbers();
  expect(new Set([[0, 1, 0], [0, 1], [1, 0], [0], [1]].map(numbers.numberOf)).size).toBe(5);
});

it('keeps its numbers while it grows', () => {
  const numbers = createStackNumbers();
  const stacks = Array.from({ length: 5000 }, (_, at) => [at, at % 7, 1]);
  expect(stacks.map(numbers.numberOf)).toEqual(stacks.map((_, at) => at));
  expect(stacks.map((stack) => numbers.numberOf([...stack]))).toEqual(stacks.map((_, at) => at));
});
