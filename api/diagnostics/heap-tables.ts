/** The allocation tables of the observed process: one heap read, tabulated once however many ask. */
import { type AllocationRow, allocationTables } from '../analyzers/allocations.ts';
import { isOwnFile, isRuntimeFile } from '../own-files.ts';
import { INUSE_OBJECTS, sumColumn } from '../probe/heap-columns.ts';
import type { HeapAvailability, HeapReading } from '../probe/probe.ts';
import { profileFromHeapReading } from '../profile/from-heap-reading.ts';
import type { Answered } from './last-answer.ts';
import { stackId } from './stack-id.ts';
import type { AllocationSnapshot, IdentifiedRow } from './types.ts';

export interface HeapTables {
  /** Null where there is no heap sampler; `availability` says why. */
  read(): Promise<AllocationSnapshot | null>;
  availability(): HeapAvailability;
  /** Live objects by the last read; null before one. */
  lastLiveObjects(): number | null;
}

export interface HeapTablesOptions {
  readHeap: () => Promise<Answered<HeapReading>>;
  readAvailability: () => Promise<HeapAvailability>;
  /** Availability at start. */
  initialAvailability: HeapAvailability;
  /** While the loop is blocked its availability cannot be asked for either. */
  isBlocked: () => boolean;
}

export function createHeapTables(options: HeapTablesOptions): HeapTables {
  let availability = options.initialAvailability;
  let tables: AllocationSnapshot | null = null;
  let liveObjects: number | null = null;

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

  return {
    async read() {
      if (availability.inuse !== null) return null;
      const reading = await readIfAvailable();
      if (reading === null) return null;
      if (tables?.collectedAtMs !== reading.collectedAtMs) {
        tables = tabulate(reading);
        liveObjects = sumColumn(reading, INUSE_OBJECTS);
      }
      return tables;
    },
    availability: () => availability,
    lastLiveObjects: () => liveObjects,
  };
}

function tabulate(reading: HeapReading): AllocationSnapshot {
  const { cumulative, live, totals } = allocationTables(profileFromHeapReading(reading), {
    isOwnFile,
    isRuntimeFile,
  });
  const identified = (row: AllocationRow): IdentifiedRow => ({ ...row, id: stackId(row.frames) });
  return {
    collectedAtMs: reading.collectedAtMs,
    pauseMs: reading.pauseMs,
    samplingIntervalBytes: reading.samplingIntervalBytes,
    rotations: reading.rotations,
    liveBytes: totals.liveBytes,
    cumulativeBytes: totals.cumulativeBytes,
    stackCount: totals.stacks,
    top: cumulative?.map(identified) ?? null,
    inuse: live.map(identified),
  };
}
