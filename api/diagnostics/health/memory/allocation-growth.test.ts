import { expect, it } from 'vitest';
import { MS_PER_MINUTE } from '../../../base/numbers/units.ts';
import type { AllocationSnapshot } from '../../heap/types.ts';
import { createAllocationGrowth } from './allocation-growth.ts';

/** A read of the heap with so many live bytes of each stack. */
function aRead(atMs: number, liveBytes: Record<string, number>): AllocationSnapshot {
  const inuse = Object.entries(liveBytes).map(([name, bytes]) => ({
    stackId: name,
    liveBytes: bytes,
    frames: [
      { function: name, file: `node:internal/${name}`, line: 1 },
      { function: name[0]!, file: `/app/${name[0]}.js`, line: 1 },
    ],
  }));
  return { collectedAtMs: atMs, inuse } as unknown as AllocationSnapshot;
}

function grownIn(...reads: (AllocationSnapshot | null)[]) {
  const growth = createAllocationGrowth();
  for (const read of reads) growth.note(read);
  return growth.growth().map(({ frames, grownBytes }) => [frames[1]?.function, grownBytes]);
}

it('names who grew, most bytes first, and leaves out who shrank', () => {
  expect(grownIn(aRead(0, { a: 1, b: 5, c: 9 }), aRead(1, { a: 3, b: 50, c: 2, d: 7 }))).toEqual([
    ['b', 45],
    ['d', 7],
    ['a', 2],
  ]);
});

it('adds up the stacks that lead to the same line', () => {
  const now = aRead(1, { a1: 5, a2: 7, b: 8 });
  expect(grownIn(aRead(0, {}), now)).toEqual([
    ['a', 12],
    ['b', 8],
  ]);
});

it('says nothing by one read, or the same one twice, or none', () => {
  expect(grownIn(aRead(0, { a: 1 }), aRead(0, { a: 1 }))).toEqual([]);
  expect(grownIn(null)).toEqual([]);
});

it('does not compare with a read from long ago', () => {
  const reads = [0, 9, 18].map((minutes) => aRead(minutes * MS_PER_MINUTE, { a: 100 * minutes }));
  expect(grownIn(...reads)).toEqual([['a', 900]]);
});
