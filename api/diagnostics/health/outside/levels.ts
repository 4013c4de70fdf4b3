/** How much there is outside the heap, noted at every point of the history. */
import { readdirSync } from 'node:fs';
import v8 from 'node:v8';
import type { OutsideLevel } from '../../../health/evidence/outside.ts';
import type { FiguresReading } from '../../../probe/readings/figures.ts';

/** Longer than any detector looks back. */
const LOOK_BACK_MS = 6 * 60_000;
/** However short the interval is, no more are kept. */
const SHORTEST_DISTANCE_MS = 1_000;

export interface LevelRecord {
  /** Takes note of figures that are new. */
  note(figures: FiguresReading): void;
  levels(): readonly OutsideLevel[];
}

/** @param ownBytes what of the process pprofql's own thread holds */
export function createLevelRecord(ownBytes: () => number): LevelRecord {
  let levels: OutsideLevel[] = [];

  return {
    note({ takenAtMs, memory, handles, workers }) {
      if (handles === null) return;
      if (takenAtMs - (levels.at(-1)?.atMs ?? 0) < SHORTEST_DISTANCE_MS) return;
      const { arrayBuffersBytes, externalBytes, rssBytes, heapTotalBytes } = memory;
      levels = levels.filter(({ atMs }) => atMs >= takenAtMs - LOOK_BACK_MS);
      levels.push({
        atMs: takenAtMs,
        arrayBuffersBytes,
        nativeBytes: Math.max(0, externalBytes - arrayBuffersBytes),
        restBytes: Math.max(0, rssBytes - heapTotalBytes - externalBytes - ownBytes()),
        handles,
        descriptors: openDescriptors(),
        workers,
      });
    },
    levels: () => levels,
  };
}

/** Of the isolate that calls: the sidecar's, which is a part of the process. */
export function ownIsolateBytes(): number {
  const { total_heap_size: heapBytes, external_memory: externalBytes } = v8.getHeapStatistics();
  return heapBytes + externalBytes;
}

function openDescriptors(): number | null {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    return null;
  }
}
