import { expect, test } from 'vitest';
import { aFrame } from '../shared/testing/frames.ts';
import { type CallNode, callPaths } from './call-paths.ts';

const node = (name: string, parent: number | null, selfMs: number): CallNode => ({
  ...aFrame(name, '/app/a.ts'),
  parent,
  selfMs,
});

const pathsOf = (nodes: readonly CallNode[]) =>
  callPaths(nodes).map(({ frames, value }) => [frames.map((f) => f.function).join('<'), value]);

test('every node with time of its own is a stack up to its outermost caller', () => {
  const nodes = [node('main', null, 1), node('work', 0, 2), node('sort', 1, 0), node('idle', 0, 4)];
  expect(pathsOf(nodes)).toEqual([
    ['main', 1],
    ['work<main', 2],
    ['idle<main', 4],
  ]);
});

test('a recursive call is in its stack as often as it is in the tree', () => {
  const nodes = [node('walk', null, 0), node('walk', 0, 1), node('walk', 1, 2)];
  expect(pathsOf(nodes)).toEqual([
    ['walk<walk', 1],
    ['walk<walk<walk', 2],
  ]);
});

test('a profile without samples has no stacks', () => {
  expect(callPaths([])).toEqual([]);
});
