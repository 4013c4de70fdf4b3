/**
 * The cheap figures of an observed process, whatever its runtime: a Node probe's `StatsReading` is
 * one. What a runtime cannot give is null.
 */
import type {
  EventLoopReading,
  GcReading,
  InstrumentationReading,
  MemoryReading,
} from '../probe/probe.ts';

/** `heapUsedBytes` and `heapTotalBytes` are Go's `Alloc` and `HeapInuse`. */
export interface MemoryFigures
  extends Pick<
    MemoryReading,
    'heapUsedBytes' | 'heapTotalBytes' | 'totalAllocatedBytes' | 'rssBytes'
  > {
  heapLimitBytes: number | null;
  /** What counts against that limit; null where it is not told. */
  oldSpaceUsedBytes: number | null;
  externalBytes: number | null;
  arrayBuffersBytes: number | null;
  /** Memory obtained from the system as the runtime itself counts it; absent where it does not. */
  sysBytes?: number;
}

/** Microseconds of CPU time. */
export interface CpuFigures {
  userUs: number;
  systemUs: number | null;
}

export interface GcFigures extends Omit<GcReading, 'interval'> {
  /** Only the kinds that the runtime tells apart. */
  interval: Partial<GcReading['interval']>;
}

export interface Figures {
  takenAtMs: number;
  memory: MemoryFigures;
  /** Since the process started. Where only the sum is known it is `userUs`, and `systemUs` null. */
  cpu: CpuFigures | null;
  gc: GcFigures;
  eventLoop: EventLoopReading | null;
  /** Null where nobody has counted them, or not yet. */
  liveTasks: number | null;
  requestsInFlight: number | null;
  instrumentation: InstrumentationReading;
}
