/**
 * What the observed thread can be asked. What it answers is plain data (`readings/`,
 * structured-cloneable), because most callers sit on another thread.
 */

import type { CpuProfileRequest, CpuProfileStart, CpuReading } from './readings/cpu.ts';
import type { FiguresReading } from './readings/figures.ts';
import type { HeldCallbacksReading } from './readings/held.ts';
import type { LoadedMapRequest } from './readings/loaded-map.ts';
import type {
  AllocationProfileRequest,
  AllocationProfileStart,
  AllocationReading,
} from './readings/memory/allocation.ts';
import type { ExternalQuestion, ExternalReading } from './readings/memory/external.ts';
import type { HeapAvailability, HeapReading } from './readings/memory/heap.ts';
import type { HeapSnapshotReading, HeapSnapshotRequest } from './readings/memory/heap-snapshot.ts';
import type { KeptQuestion, KeptReading } from './readings/memory/kept.ts';
import type {
  CollectionReading,
  CollectionRequest,
  OutsideQuestion,
  OutsideReading,
  OutsideWatch,
} from './readings/memory/outside.ts';
import type { ProcessReading } from './readings/process.ts';
import type { RequestsReading, RoutesReading, WorkerOrigin } from './readings/requests.ts';
import type { TasksReading } from './readings/tasks.ts';

/** A reading, or a promise of one. The direct link may answer at once, a thread never does. */
type Answer<T> = T | Promise<T>;

export interface Probe {
  /** At once. */
  describe(): ProcessReading;
  /** `closeInterval` starts a new interval for the maxima and totals; only the collector does that. */
  readFigures(options: { closeInterval: boolean }): Answer<FiguresReading>;
  /** At once. */
  heapAvailability(): HeapAvailability;
  /** Rejects with `UNAVAILABLE` where `heapAvailability().inuse` gives a reason. */
  readHeap(): Answer<HeapReading>;
  readTasks(): Answer<TasksReading>;
  /**
   * Of every pending promise there is, by an enumeration of the heap that stops the program. Rejects with
   * `PAUSE_BUDGET_SPENT` where the pause budget does not allow that, with `UNAVAILABLE` where it cannot be done.
   */
  readTasksExactly(): Answer<TasksReading>;
  /** At once. Rejects with `UNAVAILABLE` where requests are not observed. */
  readRequests(question: { limit: number }): Answer<RequestsReading>;
  /** At once. Rejects with `UNAVAILABLE` where requests are not observed. */
  readRoutes(): Answer<RoutesReading>;
  /**
   * The list in which the callbacks stand that requests wait for. Rejects with `PAUSE_BUDGET_SPENT` where looking for it
   * would stop the program for too long, with `UNAVAILABLE` where requests are not observed or there is no inspector.
   */
  readHeldCallbacks(): Answer<HeldCallbacksReading>;
  /** Worker threads that were made in a request. At once. */
  readWorkers(): Answer<WorkerOrigin[]>;
  /**
   * Starts the one CPU sampler; asked twice for the same id it answers the same. At once: V8 looks
   * through the heap for the functions there are, 10 ms and a good half more for each live megabyte.
   * Rejects with `UNAVAILABLE` where another tool holds the sampler or there is none, with
   * `NOT_FOUND` when that profile is over already.
   */
  startCpuProfile(request: CpuProfileRequest): Answer<CpuProfileStart>;
  /** Stops the sampler and gives what it found. Rejects with `NOT_FOUND` when that profile does not run. */
  stopCpuProfile(id: number): Answer<CpuReading>;
  /** Stops the sampler if that profile runs, and sees to it that it never starts. */
  cancelCpuProfile(id: number): Answer<void>;
  /**
   * Starts V8's heap sampler so that it keeps what is collected; asked twice for the same id it answers the
   * same. Rejects with `PAUSE_BUDGET_SPENT`, with `UNAVAILABLE` where another tool holds the sampler, with
   * `NOT_FOUND` when that profile is over already.
   */
  startAllocationProfile(request: AllocationProfileRequest): Answer<AllocationProfileStart>;
  /** Gives what it found. Rejects with `NOT_FOUND` when that profile does not run. */
  stopAllocationProfile(id: number): Answer<AllocationReading>;
  /** Ends that profile if it runs, and sees to it that it never starts. */
  cancelAllocationProfile(id: number): Answer<void>;
  /** Sees what is made outside the heap from now on, in the place of what was watched before. */
  watchOutside(request: OutsideWatch): Answer<void>;
  readOutside(question: OutsideQuestion): Answer<OutsideReading>;
  /** At once, but for the collection that may be asked for. */
  readExternal(question: ExternalQuestion): Answer<ExternalReading>;
  /** Rejects with `PAUSE_BUDGET_SPENT` where that would stop the program for too long. */
  collectGarbage(request?: CollectionRequest): Answer<CollectionReading>;
  /** What was seen being made by earlier looks and is still held; begins the next look. At once. */
  readKept(question: KeptQuestion): Answer<KeptReading>;
  /** The source map that the program holds for a script, as JSON; null where it holds none. */
  readLoadedMap(request: LoadedMapRequest): Answer<string | null>;
  /** Writes all of the heap to a file. Rejects with `PROCESS_NOT_RESPONDING` when it is too late. */
  writeHeapSnapshot(request: HeapSnapshotRequest): Answer<HeapSnapshotReading>;
}

/** What the observed thread can be asked in the middle of its own work as well. */
export interface ObservedProbe extends Probe {
  /** The tasks as the last sweep found them; null before the first. */
  lastTasks(): TasksReading | null;
  /**
   * Whoever asked has ended: ends what was begun for it. The next one is told a new `instanceId`,
   * since it knows nothing of what the last one told, and counts its CPU profiles from 1 again.
   */
  forgetObserver(): void;
}
