/**
 * The cheap figures of an observed process, whatever its runtime: a Node probe's `StatsReading` is
 * one. What a runtime cannot give is null.
 */
import type {
  CpuTimes,
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
  externalBytes: number | null;
  arrayBuffersBytes: number | null;
  /** Memory obtained from the system as the runtime itself counts it; absent where it does not. */
  sysBytes?: number;
}

export interface GcFigures extends Omit<GcReading, 'interval'> {
  /** Only the kinds that the runtime tells apart. */
  interval: Partial<GcReading['interval']>;
}

export interface Figures {
  takenAtMs: number;
  memory: MemoryFigures;
  /** Since the process started. */
  cpu: CpuTimes | null;
  gc: GcFigures;
  eventLoop: EventLoopReading | null;
  liveTasks: number;
  requestsInFlight: number | null;
  instrumentation: InstrumentationReading;
}
