/**
 * What outlives a restart of V8's sampler. V8 then forgets everything, so the totals are carried
 * over here: cumulative values exactly, live ones as an estimate, because nobody can say any more
 * which of those objects have died. A full collection still tells how much of the heap they fill
 * together; each stack's live values are scaled to that, as if all stacks lost the same share.
 */
import {
  type HeapColumns,
  INUSE_BYTES,
  limitHeapColumns,
  mergeHeapColumns,
  scaleLiveColumns,
  sumColumn,
} from './heap-columns.ts';

/** Bounds the carried tree to about 5 MB, whatever number of stacks the program has. */
const MAX_CARRIED_NODES = 100_000;

export interface CarriedHeap {
  /** A reading since the restart plus what was carried. Both arguments right after a collection. */
  addTo(sinceRestart: HeapColumns, heapUsedBytes: number): HeapColumns;
}

/** Nothing was restarted yet: readings pass as they are. */
export const NOTHING_CARRIED: CarriedHeap = { addTo: (sinceRestart) => sinceRestart };

/** @param columns the last reading before the restart, with everything carried until then */
export function carryHeap(columns: HeapColumns, heapUsedBytes: number): CarriedHeap {
  const carried = limitHeapColumns(columns, MAX_CARRIED_NODES);
  const carriedLiveBytes = sumColumn(carried, INUSE_BYTES);
  /** Part of the heap the sampler never saw: code, and what is older than the first start. */
  const unsampledBytes = heapUsedBytes - carriedLiveBytes;

  const survivingShare = (sinceRestart: HeapColumns, usedBytes: number) => {
    if (carriedLiveBytes === 0) return 0;
    const leftBytes = usedBytes - unsampledBytes - sumColumn(sinceRestart, INUSE_BYTES);
    return Math.min(1, Math.max(0, leftBytes / carriedLiveBytes));
  };

  return {
    addTo(sinceRestart, usedBytes) {
      const share = survivingShare(sinceRestart, usedBytes);
      return mergeHeapColumns([scaleLiveColumns(carried, share), sinceRestart]);
    },
  };
}
