/** Which stacks hold more of the heap than before, by the reads that others ask for: it asks for none. */
import type { GrowthEvidence } from '../../../health/evidence/heap.ts';
import type { AllocationSnapshot } from '../../heap/types.ts';
import { grownLines } from './grown-lines.ts';
import { createReadPair } from './read-pair.ts';

export interface AllocationGrowth {
  /** Takes note of a read; null where there is no sampler. */
  note(snapshot: AllocationSnapshot | null): void;
  /** Most bytes first; empty before two reads. */
  growth(): GrowthEvidence[];
}

export function createAllocationGrowth(): AllocationGrowth {
  const reads = createReadPair<AllocationSnapshot>();

  return {
    note(snapshot) {
      if (snapshot !== null) reads.note(snapshot);
    },
    growth() {
      const [base, latest] = [reads.base(), reads.latest()];
      return base === null || latest === null ? [] : growthBetween(base, latest);
    },
  };
}

function growthBetween(base: AllocationSnapshot, latest: AllocationSnapshot): GrowthEvidence[] {
  const before = new Map(base.inuse.map(({ stackId, liveBytes }) => [stackId, liveBytes]));
  return grownLines(
    latest.inuse.map(({ stackId, liveBytes, frames }) => ({
      frames,
      grownBytes: liveBytes - (before.get(stackId) ?? 0),
      marginBytes: null,
    })),
  );
}
