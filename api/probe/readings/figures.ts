/**
 * The figures of the observed thread. What they are made of stands beside the code that reads it, so
 * that a metric's type and its reading are one file.
 */
import type { CpuTimes } from '../process/cpu-times.ts';
import type { EventLoopReading } from '../process/event-loop.ts';
import type { GcReading, LeftByCollection } from '../process/gc-observer.ts';
import type { MemoryReading } from '../process/memory.ts';
import type { InstrumentationReading } from './instrumentation.ts';

/** Figures that are cheap to read (well under a millisecond). */
export interface FiguresReading {
  takenAtMs: number;
  memory: MemoryReading;
  cpu: CpuTimes;
  gc: GcReading;
  eventLoop: EventLoopReading;
  /**
   * Estimated live async tasks at the last sweep, plus active handles the tracker does not know. Null
   * before the first sweep, where there is anything that needs one.
   */
  liveTasks: number | null;
  /** When they were counted, which is long ago where the loop is stuck; null where they were not. */
  liveTasksAtMs: number | null;
  requestsInFlight: number;
  /** Active handles and timers by the name Node gives them; null where nobody counts them now. */
  handles: Record<string, number> | null;
  /** Live worker threads of those made since the start, without pprofql's own. */
  workers: number;
  /** Requests that have ended since the start; null where requests are not observed. */
  requestsServed: number | null;
  /** Whether there were requests, none in the last half minute, and all came from the program itself; absent where that is not told. */
  hasServedItself?: boolean;
  /** By the last collection of the whole heap; null before the first. */
  leftByCollection: LeftByCollection | null;
  /** Whether the program listens for SIGTERM, as whatever runs it sends to stop it; absent where that is not told. */
  handlesStops?: boolean;
  instrumentation: InstrumentationReading;
}
