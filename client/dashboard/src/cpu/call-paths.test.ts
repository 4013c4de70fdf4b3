import { expect, test } from 'vitest';
import { aFrame } from '../testing/frames.ts';
import { type CallNode, callPaths, programSamples, withoutOwnWork } from './call-paths.ts';

const node = (
  name: string,
  parent: number | null,
  selfMs: number,
  given: Partial<CallNode> = {},
): CallNode => ({
  ...aFrame(name, '/app/a.ts'),
  isPprofql: false,
  parent,
  selfMs,
  samples: 0,
  ...given,
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

test('the work of pprofql is left out with what the runtime does for it, not with what it calls', () => {
  const nodes = [
    node('emit', null, 1, { origin: 'RUNTIME' }),
    node('track', 0, 2, { isPprofql: true }),
    node('push', 1, 3, { origin: 'RUNTIME' }),
    node('handle', 1, 4),
  ];
  expect(pathsOf(withoutOwnWork(nodes))).toEqual([
    ['emit', 1],
    ['handle<track<emit', 4],
  ]);
});

test('samples of the program are those of its functions: no work of pprofql, and none of V8 itself', () => {
  const nodes = [
    node('(program)', null, 0, { file: '', origin: 'RUNTIME', samples: 30 }),
    node('(garbage collector)', null, 0, { file: '', origin: 'RUNTIME', samples: 9 }),
    node('(anonymous)', null, 0, { file: '', origin: 'RUNTIME', samples: 1 }),
    node('emit', null, 0, { origin: 'RUNTIME', samples: 20 }),
    node('track', 3, 0, { isPprofql: true, samples: 18 }),
    node('push', 4, 0, { origin: 'RUNTIME', samples: 11 }),
    node('handle', 4, 0, { samples: 4 }),
  ];
  expect(programSamples(nodes)).toBe(1 + 2 + 4);
});
