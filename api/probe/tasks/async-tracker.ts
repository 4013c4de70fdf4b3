/** What the rest of the probe asks the tracker of tasks. */
import type { HeapWalk } from '../overhead/pauses/heap-walk.ts';
import type { ExcludeFromHere } from '../process/memory.ts';
import type { InstrumentationReading } from '../readings/instrumentation.ts';
import type { TasksReading } from '../readings/tasks.ts';
import type { RequestContext } from '../requests/context/types.ts';

export interface CountedTasks {
  count: number;
  countedAtMs: number;
}

export interface AsyncTrackerOptions {
  requestContext: RequestContext;
  /** Records held at most. @default 10_000 */
  maxRecords?: number;
  /** Share of one core the tracker may use, in percent. @default 2 */
  overheadBudgetPercent?: number;
  /** Frames kept of each stack. @default 16 */
  stackDepth?: number;
  /** Enumerates the heap for an exact read. @default no exact read */
  heapWalk?: HeapWalk | null;
  /** Time that other parts of the probe have used on this thread since the start, told with that of the tracker. @default none */
  elsewhereMs?: () => number;
  /** Told of each stretch of a sweep, whose allocations are not the program's. @default nobody is told */
  excludeFromHere?: ExcludeFromHere;
}

export interface AsyncTracker {
  read(): Promise<TasksReading>;
  /**
   * Of every pending promise of the process, also those that sampling left out or that are older than
   * the tracker. Enumerates the heap, which stops the program. Callers at the same time share one.
   * @throws DiagnosticsError `PAUSE_BUDGET_SPENT` where the budget does not allow that, `UNAVAILABLE`
   * where it cannot be done, `LIMIT_EXCEEDED` for more than 200,000 of them
   */
  readExactly(): Promise<TasksReading>;
  /** What the last sweep found, at once; null before the first. */
  lastRead(): TasksReading | null;
  /**
   * Estimated live tasks at the last sweep, active handles without a record included. Those alone where
   * there is no record, as of now. Null where the first sweep has still to come; it then comes soon.
   */
  liveTasks(): CountedTasks | null;
  instrumentation(): InstrumentationReading;
  /**
   * Finds out which tasks still live. Call it before a forced garbage collection: it takes hold of
   * what requests in flight wait for, which may have no other holder.
   */
  sweep(): Promise<void>;
  stop(): void;
}
