/**
 * The cheap figures of an observed process, whatever its runtime: a Node probe's `FiguresReading` is
 * one. What a runtime cannot give is null.
 */
import type { EventLoopReading } from '../probe/process/event-loop.ts';
import type { GcReading } from '../probe/process/gc-observer.ts';
import type { MemoryReading } from '../probe/process/memory.ts';
import type { InstrumentationReading } from '../probe/readings/instrumentation.ts';

/**
 * What every runtime tells, and not every file: null there. `heapUsedBytes` and `heapTotalBytes` are
 * Go's `Alloc` and `HeapInuse`.
 */
type CommonMemory = {
  [Name in 'heapUsedBytes' | 'heapTotalBytes' | 'rssBytes']: MemoryReading[Name] | null;
};

/** What only some tell; null or absent where it is not told. */
type ParticularMemory = {
  [Name in Exclude<keyof MemoryReading, keyof CommonMemory>]: MemoryReading[Name] | null;
} & {
  /** Memory obtained from the system as the runtime itself counts it. */
  sysBytes: number;
};

export type MemoryFigures = CommonMemory & Partial<ParticularMemory>;

/**
 * The memory figures of a kind of target that tells these particular ones: to forget one of them does
 * not compile, nor does to give another. A figure that is new concerns only whoever tells it.
 */
export type MemoryTold<Names extends keyof ParticularMemory> = CommonMemory &
  Pick<ParticularMemory, Names> & { [Other in Exclude<keyof ParticularMemory, Names>]?: never };

/** Microseconds of CPU time. */
export interface CpuFigures {
  userUs: number;
  systemUs: number | null;
}

export interface GcFigures extends Omit<GcReading, 'count' | 'interval'> {
  /** Null where a file does not tell. */
  count: number | null;
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
  /** When they were counted; null where that is not known. @default when the figures were taken */
  liveTasksAtMs?: number | null;
  requestsInFlight: number | null;
  instrumentation: InstrumentationReading;
}
