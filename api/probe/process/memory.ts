/** Memory of the observed process: figures V8 and the kernel keep anyway. */

import v8 from 'node:v8';
import { resourceLimits } from 'node:worker_threads';
import { memoryUsage, ownProcess } from '../../base/builtins.ts';
import { math } from '../../base/numbers/math.ts';
import { oldSpaceLimitBytes } from '../heap/old-space-limit.ts';

export interface MemoryReading {
  /** `v8.getHeapStatistics().used_heap_size` */
  heapUsedBytes: number;
  /** `total_heap_size`: what V8 has committed for the heap. */
  heapTotalBytes: number;
  /**
   * `total_allocated_bytes`, ever allocated on the heap, without what our own reads were measured to
   * allocate; null where this V8 does not count it.
   */
  totalAllocatedBytes: number | null;
  /** The part of `heap_size_limit` that is the old space's, at which V8 gives up. */
  heapLimitBytes: number;
  /** `v8.getHeapSpaceStatistics()`: used bytes of all spaces but the young ones. */
  oldSpaceUsedBytes: number;
  externalBytes: number;
  arrayBuffersBytes: number;
  /** Resident set of the whole process. */
  rssBytes: number;
}

/** The field is there from Node 26 on. */
type HeapStatistics = Omit<v8.HeapInfo, 'total_allocated_bytes'> & {
  total_allocated_bytes?: number;
};

const { getHeapStatistics: heapStatistics, getHeapSpaceStatistics: heapSpaces } = v8 as {
  getHeapStatistics(): HeapStatistics;
  getHeapSpaceStatistics(): v8.HeapSpaceInfo[];
};

/** What lives on is in none of these. */
const NOT_OLD = /^(new|read_only)_/;

/** Reads the memory of the calling isolate, and keeps apart what that itself allocates. */
export interface MemoryMeter {
  /**
   * Memory now; takes some tens of microseconds. V8's figures are those of the calling isolate, the
   * resident set is that of the whole process. There is no count of live objects here: V8 keeps
   * none, and counting would take a heap snapshot. The heap sampler's `inuse_objects` estimates it.
   */
  read(): MemoryReading;
  heapUsedBytes(): number;
  oldSpaceUsedBytes(): number;
  /**
   * Bytes ever allocated on this isolate's heap, live or not, but for what was measured to be ours.
   * Never falls. Null before Node 26, whose V8 does not count them.
   */
  allocatedBytes(): number | null;
  /** What `work` allocates does not count. */
  exclude<T>(work: () => T): T;
  /**
   * The same for work that goes on in promises: what is allocated from now until the returned function is
   * called does not count. To be called before the loop turns, which may be the program's turn.
   */
  excludeFromHere: ExcludeFromHere;
}

export type ExcludeFromHere = () => () => void;

/**
 * V8's `total_allocated_bytes` counts the buffers that objects are allocated from, and every look at
 * it, at `process.memoryUsage()` or at a space of the heap gives up the current one and counts its
 * rest once more with the next: 0.1 MB and more a look. What two looks count in a row is therefore
 * what the first has added, and about what the second will.
 */
export function createMemoryMeter(): MemoryMeter {
  const limitBytes = readLimit();
  /** Young generation and whatever else the limit that V8 tells includes; V8 may raise that limit. */
  const beyondLimitBytes = heapStatistics().heap_size_limit - limitBytes;
  let ownBytes = 0;
  let lastBytes = 0;
  /** Where the count stood before what is going on now; null while nothing of ours is. */
  let apartFromBytes: number | null = null;

  function programBytes({ total_allocated_bytes: total }: HeapStatistics): number | null {
    if (total === undefined) return null;
    lastBytes = math.max(lastBytes, (apartFromBytes ?? total) - ownBytes);
    return lastBytes;
  }

  /** @param work is given the heap as it was before */
  function apart<T>(work: (heap: HeapStatistics) => T): T {
    const before = heapStatistics();
    if (apartFromBytes !== null || before.total_allocated_bytes === undefined) return work(before);
    apartFromBytes = before.total_allocated_bytes;
    const end = excludeSince(before.total_allocated_bytes);
    try {
      return work(before);
    } finally {
      apartFromBytes = null;
      end();
    }
  }

  function excludeSince(beforeBytes: number): () => void {
    const ownBeforeBytes = ownBytes;
    return () => {
      const after = heapStatistics().total_allocated_bytes!;
      const again = heapStatistics().total_allocated_bytes!;
      const allocatedBytes = again - beforeBytes + (again - after);
      // What was excluded meanwhile is a part of it.
      ownBytes = math.max(ownBytes, ownBeforeBytes + allocatedBytes);
    };
  }

  return {
    read: () =>
      apart((heap) => {
        const { external, arrayBuffers, rss } = memoryUsage();
        return {
          heapUsedBytes: heap.used_heap_size,
          heapTotalBytes: heap.total_heap_size,
          totalAllocatedBytes: programBytes(heap),
          heapLimitBytes: heap.heap_size_limit - beyondLimitBytes,
          oldSpaceUsedBytes: readOldSpaceUsed(),
          externalBytes: external,
          arrayBuffersBytes: arrayBuffers,
          rssBytes: rss,
        };
      }),
    heapUsedBytes: () => apart((heap) => heap.used_heap_size),
    oldSpaceUsedBytes: () => apart(readOldSpaceUsed),
    allocatedBytes: () => apart(programBytes),
    exclude: (work) => apart(work),
    excludeFromHere() {
      const { total_allocated_bytes: beforeBytes } = heapStatistics();
      return beforeBytes === undefined ? () => {} : excludeSince(beforeBytes);
    },
  };
}

function readLimit(): number {
  const { maxOldGenerationSizeMb } = resourceLimits;
  return oldSpaceLimitBytes({
    heapSizeLimitBytes: heapStatistics().heap_size_limit,
    nodeMajor: Number.parseInt(ownProcess.versions.node, 10),
    options: [...(ownProcess.env.NODE_OPTIONS ?? '').split(/\s+/), ...ownProcess.execArgv],
    ...(maxOldGenerationSizeMb !== undefined && { maxOldGenerationSizeMb }),
  });
}

function readOldSpaceUsed(): number {
  return heapSpaces()
    .filter(({ space_name: name }) => !NOT_OLD.test(name))
    .reduce((sum, { space_used_size: usedBytes }) => sum + usedBytes, 0);
}
