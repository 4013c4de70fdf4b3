import { expect, it } from 'vitest';
import { createStackTrie } from './stack-trie.ts';

it('numbers stacks in the order they appear, and equal ones alike', () => {
  const trie = createStackTrie(3);
  const stacks = [[0, 1], [1, 0], [0], [0, 1], [], [2, 0, 1], [1, 0], []];
  expect(stacks.map(trie.numberOf)).toEqual([0, 1, 2, 0, 3, 4, 1, 3]);
});

it('tells apart a stack from its prefix and suffix', () => {
  const trie = createStackTrie(2);
  expect(new Set([[0, 1, 0], [0, 1], [1, 0], [0], [1]].map(trie.numberOf)).size).toBe(5);
});
