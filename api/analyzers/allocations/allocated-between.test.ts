import { expect, it } from 'vitest';
import type { Profile } from '../../profile/profile.ts';
import { allocatedBetween } from './allocated-between.ts';
import { allocatingFunctions, allocationTree } from './allocating.ts';

/** `['main;work', objects, bytes]`, root first. */
function heapOf(...stacks: [string, number, number][]): Profile {
  const names = [...new Set(stacks.flatMap(([stack]) => stack.split(';')))];
  return {
    sampleTypes: [
      { type: 'alloc_objects', unit: 'count' },
      { type: 'alloc_space', unit: 'bytes' },
      { type: 'inuse_objects', unit: 'count' },
      { type: 'inuse_space', unit: 'bytes' },
    ],
    frames: names.map((name) => ({ function: name, file: `/app/${name}.js`, line: 1 })),
    samples: stacks.map(([stack, objects, bytes]) => ({
      stack: stack
        .split(';')
        .reverse()
        .map((name) => names.indexOf(name)),
      values: [objects, bytes, 0, 0],
      evidence: {
        live: { samples: 0, variance: 0, doubtBytes: 0 },
        cumulative: { samples: objects, variance: bytes, doubtBytes: 0 },
      },
    })),
  };
}

const between = allocatedBetween(
  heapOf(['main;old', 9, 900], ['main;work', 3, 300]),
  heapOf(['main;work', 5, 500], ['main;old', 9, 900], ['main;work;deep', 1, 50]),
);

it('what was allocated between two reads is told stack by stack, with what it was estimated from', () => {
  expect(between.samples.map(({ values }) => values)).toEqual([
    [2, 200],
    [1, 50],
  ]);
  expect(between.samples[0]!.evidence!.cumulative).toMatchObject({ samples: 2, variance: 200 });
});

it('by function, a function’s own bytes apart from those of what it called', () => {
  const rows = allocatingFunctions(between, { limit: 10 });
  expect(
    rows.map(({ frame, selfBytes, totalBytes }) => [frame.function, selfBytes, totalBytes]),
  ).toEqual([
    ['work', 200, 250],
    ['deep', 50, 50],
    ['main', 0, 250],
  ]);
  expect(rows[0]).toMatchObject({ selfPercent: 80, totalPercent: 100, selfSamples: 2 });
});

it('as a tree, and what is cut off is not lost', () => {
  const tree = allocationTree(between, { limit: 2 });
  expect(tree.map(({ parent, frame, totalBytes }) => [parent, frame.function, totalBytes])).toEqual(
    [
      [null, 'main', 250],
      [0, 'work', 250],
      [1, '(other)', 50],
    ],
  );
});
