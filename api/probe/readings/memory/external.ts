/** Buffers outside the heap, by the stack that made them, and how much there is beside them. */
import type { MemoryReading } from '../../process/memory.ts';
import type { StackFrame } from '../tasks.ts';

export interface ExternalQuestion {
  /** Collect garbage first, where the pause budget allows that, so that none of it counts as live. */
  collect: boolean;
}

/** What one stack made. Objects and bytes are estimates, since only a sample was looked at. */
export interface ExternalRow {
  /** Index into `stacks`. */
  stack: number;
  liveObjects: number;
  liveBytes: number;
  liveSamples: number;
  /** Of the live bytes, in bytes squared. */
  liveVariance: number;
  /** The same ever since, with what is gone. */
  totalObjects: number;
  totalBytes: number;
  totalSamples: number;
  totalVariance: number;
}

/** All but the memory of the process. */
export interface BufferReading {
  takenAtMs: number;
  /** Since when buffers are seen being made; null where they are not. */
  sinceMs: number | null;
  /** Why buffers are not seen; null where they are. */
  unavailable: string | null;
  /** Mean bytes between two samples, now. */
  samplingIntervalBytes: number;
  /** Largest first. */
  rows: ExternalRow[];
  stacks: StackFrame[][];
  /** All stacks together, also those beyond the rows. */
  liveBytes: number;
  totalBytes: number;
  stackCount: number;
  /** When garbage was last collected throughout; null where nobody knows. */
  garbageCollectedAtMs: number | null;
  /** How long the program stood still for the collection; 0 without one. */
  pauseMs: number;
  /** Active handles by the name Node gives them. */
  handles: Record<string, number>;
  /** Workers that have not ended, of those made since the start. */
  workers: number;
  /** Live zlib streams; null while nobody has them watched. */
  zlibStreams: number | null;
}

export interface ExternalReading extends BufferReading {
  memory: MemoryReading;
}
