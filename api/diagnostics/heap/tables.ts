/** Profile and tables of the observed heap: made once for each read, however many ask. */
import { DiagnosticsError } from '../../base/errors.ts';
import { isOwnFile, isRuntimeFile } from '../../base/files/own-files.ts';
import { INUSE_OBJECTS, sumColumn } from '../../probe/heap/tree/columns.ts';
import type { HeapAvailability, HeapReading } from '../../probe/readings/memory/heap.ts';
import { profileFromHeapReading } from '../../profile/from-readings/heap.ts';
import type { Profile } from '../../profile/profile.ts';
import type { Answered } from '../answers/last-answer.ts';
import { stackId } from '../stack-id.ts';
import { allocationSnapshot } from './allocations.ts';
import type { AllocationSnapshot, HeapProfileSnapshot } from './types.ts';

const NO_SAMPLER = 'there is no heap sampler in this process';

export interface LiveObjects {
  count: number;
  collectedAtMs: number;
}

export interface HeapTables {
  /** Null where there is no heap sampler; `availability` says why. */
  read(): Promise<AllocationSnapshot | null>;
  /** @throws DiagnosticsError `UNAVAILABLE` where there is no heap sampler */
  readProfile(): Promise<HeapProfileSnapshot>;
  /** Of all stacks, whether they are in the tables or not; empty where there is no heap sampler. */
  stackIds(): Promise<string[]>;
  availability(): HeapAvailability;
  /** Of the last read, whoever asked for it; null before one. */
  lastTables(): AllocationSnapshot | null;
  /** Of the last read, whoever asked for it; null before one. */
  lastProfile(): Profile | null;
  /** Live objects by the last read, and when that was; null before one. */
  lastLiveObjects(): LiveObjects | null;
}

export interface HeapTablesOptions {
  readHeap: () => Promise<Answered<HeapReading>>;
  readAvailability: () => Promise<HeapAvailability>;
  /** Availability at start. */
  initialAvailability: HeapAvailability;
  /** While the loop is blocked its availability cannot be asked for either. */
  isBlocked: () => boolean;
  /** Told of each read, whoever asked for it. @default nobody is told */
  onRead?: (heap: HeapProfileSnapshot) => void;
}

export function createHeapTables(options: HeapTablesOptions): HeapTables {
  let availability = options.initialAvailability;
  let heap: HeapProfileSnapshot | null = null;
  let tables: AllocationSnapshot | null = null;
  let liveObjects: LiveObjects | null = null;

  /** Another tool may take the sampler away at any time: then the fields have a reason, not an error. */
  async function readIfAvailable(): Promise<HeapReading | null> {
    try {
      return (await options.readHeap()).value;
    } catch (error) {
      if (options.isBlocked()) throw error;
      availability = await options.readAvailability();
      if (availability.inuse !== null) return null;
      throw error;
    }
  }

  async function readHeapProfile(): Promise<HeapProfileSnapshot | null> {
    if (availability.inuse !== null) return null;
    const reading = await readIfAvailable();
    if (reading === null) return null;
    const { collectedAtMs, nextReadAtMs } = reading;
    if (heap?.collectedAtMs === collectedAtMs) heap = { ...heap, nextReadAtMs };
    else {
      heap = { ...toSnapshot(reading, availability), nextReadAtMs };
      options.onRead?.(heap);
      liveObjects = { count: sumColumn(reading, INUSE_OBJECTS), collectedAtMs };
    }
    return heap;
  }

  function tablesOf(read: HeapProfileSnapshot): AllocationSnapshot {
    if (tables?.collectedAtMs !== read.collectedAtMs) {
      tables = allocationSnapshot(read, { isOwnFile, isRuntimeFile });
    }
    return tables!;
  }

  return {
    async read() {
      const current = await readHeapProfile();
      return current && tablesOf(current);
    },
    lastTables: () => heap && tablesOf(heap),
    lastProfile: () => heap?.profile ?? null,
    async readProfile() {
      const current = await readHeapProfile();
      if (current !== null) return current;
      throw new DiagnosticsError('UNAVAILABLE', availability.inuse ?? NO_SAMPLER);
    },
    async stackIds() {
      const current = await readHeapProfile();
      const { frames, samples } = current?.profile ?? { frames: [], samples: [] };
      return samples.map(({ stack }) => stackId(Array.from(stack, (frame) => frames[frame]!)));
    },
    availability: () => availability,
    lastLiveObjects: () => liveObjects,
  };
}

function toSnapshot(reading: HeapReading, availability: HeapAvailability): HeapProfileSnapshot {
  const { collectedAtMs, pauseMs, samplingIntervalBytes, rotations, cumulative } = reading;
  return {
    collectedAtMs,
    pauseMs,
    samplingIntervalBytes,
    rotations,
    profile: profileFromHeapReading(reading),
    cumulativeUnavailable: cumulative ? null : (availability.cumulative ?? NO_SAMPLER),
  };
}
