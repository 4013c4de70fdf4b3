import { describe, expect, it } from 'vitest';
import type { Frame, Profile } from '../../profile/profile.ts';
import {
  type AllocationDiffOptions,
  type AllocationDiffRow,
  diffAllocations,
} from './allocations.ts';

const CUMULATIVE = [
  { type: 'alloc_objects', unit: 'count' },
  { type: 'alloc_space', unit: 'bytes' },
];
const LIVE = [
  { type: 'inuse_objects', unit: 'count' },
  { type: 'inuse_space', unit: 'bytes' },
];

/** `['main;work', objects, bytes]`, root first; every function `name` is in `/app/name.js`, line 1. */
type FoldedStack = [stack: string, ...values: number[]];

/** Frames in the order in which they come, so that two profiles number them differently. */
function profileOf(folded: FoldedStack[], sampleTypes = LIVE): Profile {
  const names = [...new Set(folded.flatMap(([stack]) => stack.split(';')))];
  const frames = names.map((name): Frame => ({ function: name, file: `/app/${name}.js`, line: 1 }));
  const samples = folded.map(([stack, ...values]) => ({
    stack: stack
      .split(';')
      .reverse()
      .map((name) => names.indexOf(name)),
    values,
  }));
  return { sampleTypes, frames, samples };
}

const folded = ({ frames }: AllocationDiffRow) => frames.map((frame) => frame.function).join('<');

/** `['work<main', 'GREW', bytes, objects]` a row */
const table = (rows: AllocationDiffRow[]) =>
  rows.map((row) => [folded(row), row.change, row.bytesDelta, row.countDelta]);

const diffOf = (base: FoldedStack[], to: FoldedStack[], options?: AllocationDiffOptions) =>
  diffAllocations(profileOf(base), profileOf(to), options);

describe('an allocation diff', () => {
  it('of two empty profiles is empty', () => {
    expect(diffOf([], [])).toEqual({
      grown: [],
      shrunk: [],
      rowCounts: { NEW: 0, GREW: 0, SHRANK: 0, GONE: 0 },
      base: { bytes: 0, count: 0 },
      to: { bytes: 0, count: 0 },
      allocatedBytes: null,
    });
  });

  it('tells apart what is new, grew, shrank and went, and leaves out what stayed', () => {
    const diff = diffOf(
      [
        ['main;grows', 1, 100],
        ['main;shrinks', 9, 900],
        ['main;goes', 2, 200],
        ['main;stays', 5, 500],
      ],
      [
        ['main;stays', 5, 500],
        ['main;comes', 3, 300],
        ['main;shrinks', 1, 100],
        ['main;grows', 2, 250],
      ],
    );
    expect(table(diff.grown)).toEqual([
      ['comes<main', 'NEW', 300, 3],
      ['grows<main', 'GREW', 150, 1],
    ]);
    expect(table(diff.shrunk)).toEqual([
      ['shrinks<main', 'SHRANK', -800, -8],
      ['goes<main', 'GONE', -200, -2],
    ]);
    expect(diff.base).toEqual({ bytes: 1700, count: 17 });
    expect(diff.to).toEqual({ bytes: 1150, count: 11 });
  });

  it('joins on the whole stack, with recursion, and sums samples of one stack', () => {
    const diff = diffOf(
      [
        ['main;walk', 1, 10],
        ['main;walk;walk', 1, 10],
      ],
      [
        ['main;walk;walk', 1, 10],
        ['main;walk;walk', 2, 20],
        ['main;walk', 1, 10],
      ],
    );
    expect(table(diff.grown)).toEqual([['walk<walk<main', 'GREW', 20, 2]]);
    expect(diff.grown[0]).toMatchObject({
      base: { bytes: 10, count: 1 },
      to: { bytes: 30, count: 3 },
    });
  });

  it('joins before it cuts, and breaks ties by objects and then by the stack', () => {
    const base: FoldedStack[] = [['main;large', 50, 5000]];
    const to: FoldedStack[] = [
      ['main;b', 1, 10],
      ['main;a', 1, 10],
      ['main;many', 2, 10],
      ['main;large', 50, 5001],
    ];
    expect(table(diffOf(base, to, { limit: 3 }).grown).map(([stack]) => stack)).toEqual([
      'many<main',
      'a<main',
      'b<main',
    ]);
    expect(diffOf(base, to, { limit: 1 }).rowCounts).toMatchObject({ NEW: 3, GREW: 1 });
  });

  it('leaves out what pprofql itself allocates', () => {
    const isOwnFile = (file: string) => file === '/app/own.js';
    const diff = diffOf([['main;own', 1, 10]], [['main;own', 2, 20]], { isOwnFile });
    expect(diff).toMatchObject({ grown: [], base: { bytes: 0 }, to: { bytes: 0 } });
  });

  it('says what was allocated in between, where both sides count it', () => {
    const cumulative = [...CUMULATIVE, ...LIVE];
    const base = profileOf([['main;work', 5, 500, 1, 100]], cumulative);
    const to = profileOf(
      [
        ['main;work', 9, 900, 2, 200],
        ['main;garbage', 7, 70, 0, 0],
      ],
      cumulative,
    );
    const diff = diffAllocations(base, to);
    expect(table(diff.grown)).toEqual([['work<main', 'GREW', 100, 1]]);
    expect(diff.grown[0]?.allocatedBytes).toBe(400);
    expect(diff.allocatedBytes).toBe(470);
    expect(diffAllocations(base, profileOf([['main;work', 2, 200]])).allocatedBytes).toBeNull();
  });
});
