/**
 * What the observed thread can be asked, and what it answers. Every reading is plain data
 * (structured-cloneable), because most callers sit on another thread.
 */
import type { EventLoopReading } from './process/event-loop.ts';
import type { GcReading } from './process/gc-observer.ts';
import type { CpuTimes, MemoryReading } from './process/stats.ts';

export type { EventLoopReading } from './process/event-loop.ts';
export type { GcKind, GcPauses, GcReading } from './process/gc-observer.ts';
export type { CpuTimes, MemoryReading } from './process/stats.ts';

/** How the async tracker is doing, and what it costs. */
export interface InstrumentationReading {
  enabled: boolean;
  /** Why the tracker is off; null while it is on. */
  disabledReason: string | null;
  /** Share of one core the tracker used lately, measured; 0 to 100. */
  overheadPercent: number;
  overheadBudgetPercent: number;
  /** Probability with which a new task is recorded now; 1 means every task. */
  samplingRate: number;
  /** Share of time in which the hook is on; 1 means always. */
  dutyCycle: number;
  /**
   * Time since the start in which tasks were created unseen, because a burst had outrun the budget:
   * where it grows, counts are lower bounds.
   */
  blindMs: number;
  /** Live records held, and the most that will be held. */
  records: number;
  recordsLimit: number;
  /** Tasks seen by the hook since start, and those not recorded by sampling. */
  seen: number;
  sampledOut: number;
  /** Records given up because the limit was reached. */
  dropped: number;
}

/** Figures that are cheap to read (well under a millisecond). */
export interface StatsReading {
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
  requestsInFlight: number;
  instrumentation: InstrumentationReading;
}

/**
 * One read of the heap sampler: V8's call tree, flattened so that it crosses threads cheaply.
 * Node i hangs below `parent[i]` (-1: a root) and has four values at `values[4 * i]`:
 * alloc_objects, alloc_space, inuse_objects, inuse_space, scaled up to estimates.
 */
export interface HeapReading {
  collectedAtMs: number;
  /** How long the observed loop stood still for this read. */
  pauseMs: number;
  /** Whether the two alloc columns mean something (Node 26 and later). */
  cumulative: boolean;
  /** Mean bytes between two samples now. */
  samplingIntervalBytes: number;
  /**
   * Times the sampler was restarted with a coarser interval to stay within its memory cap. From then
   * on the live values of older objects are estimates (`carried-heap.ts`), which `evidence` bounds.
   * Cumulative values are carried unchanged.
   */
  rotations: number;
  strings: string[];
  parent: Int32Array;
  /** Indexes into `strings`. */
  functionName: Int32Array;
  file: Int32Array;
  /**
   * Where the function begins, 1-based; V8 does not record the line that allocates. 0: unknown. V8
   * does not see inlined functions either: what one allocates counts for the function around it.
   */
  line: Int32Array;
  /** The same of its column, by which source maps tell the functions of one long line apart. */
  column?: Int32Array;
  values: Float64Array;
  /**
   * How far `values` can be trusted: five numbers a node at `evidence[5 * i]`. Samples and variance
   * (bytes squared) of the cumulative bytes, samples and variance of the live bytes, and by how many
   * bytes the live ones may be off besides, because nobody saw which objects died.
   */
  evidence: Float64Array;
}

export interface StackFrame {
  function: string;
  file: string;
  line: number;
  column: number;
  /** `file` relative to the program's folder; a probe leaves it out. */
  path?: string;
  /** Reached through an `await`, not by a call. */
  isAsync: boolean;
}

/** A request the process is serving, or served while tasks of it still live. */
export interface RequestReading {
  id: number;
  /** Node's async id of the resource it arrived in. */
  asyncId: number;
  method: string;
  /** The framework's route pattern where it is known, else the path with ids replaced. */
  route: string;
  startedAtMs: number;
  /** Null while the request is in flight. */
  endedAtMs: number | null;
}

/** One live async task. Indexes point into the lists of the same `TaskReading`. */
export interface TaskReading {
  /** Node's async id. */
  id: number;
  /** async_hooks type: `PROMISE`, `Timeout`, `TCPWRAP`, … ; `HTTP_REQUEST` for a request in flight. */
  type: string;
  createdAtMs: number;
  /** How many tasks this record stands for (1 / probability at its creation). */
  weight: number;
  /** Index into `stacks`; -1 where no stack was recorded. */
  stack: number;
  /** `RequestReading.id` of the request it was created in, or null. */
  request: number | null;
  /** Whether it keeps the process alive; null where that has no meaning (a promise). */
  isRefed: boolean | null;
}

export interface TasksReading {
  takenAtMs: number;
  tasks: TaskReading[];
  stacks: StackFrame[][];
  requests: RequestReading[];
  /** Active handles and requests by type that no record stands for. */
  untracked: Record<string, number>;
  /** Longest uninterrupted stretch on the observed loop that this read took. */
  longestSliceMs: number;
  instrumentation: InstrumentationReading;
}

/** Constant facts about the observed process. */
export interface ProcessReading {
  pid: number;
  /** New for each observer: tells a restarted process from the same one. */
  instanceId: string;
  startedAtMs: number;
  nodeVersion: string;
  v8Version: string;
  platform: string;
  arch: string;
  /** Basename of the program and its arguments count; arguments may hold secrets and stay out. */
  title: string;
  /** Path of the script it was started with; absent where there is none, as with `--eval`. */
  entryFile?: string;
  cwd: string;
  cpuCount: number;
  availableParallelism: number;
  /** Parts of the probe that could not start, with the reason of each; absent when all did. */
  failedParts?: Record<string, string>;
}

/** Why the heap sampler cannot give something; null: it can. */
export interface HeapAvailability {
  inuse: string | null;
  cumulative: string | null;
}

/** What a CPU profile is asked to be. */
export interface CpuProfileRequest {
  /** Counts up within one probe. A request that comes late, after its profile is over, starts nothing. */
  id: number;
  /** Mean microseconds between two samples. */
  samplingIntervalUs: number;
  /** The sampler stops by itself some seconds after this, should nobody stop it. */
  durationMs: number;
}

/** The CPU sampler has been started. */
export interface CpuProfileStart {
  /** When the start was over, and the program went on. */
  startedAtMs: number;
  /** How long the observed loop stood still for the start. */
  startPauseMs: number;
}

/**
 * One CPU profile: V8's call tree and the samples in it, as columns of plain arrays, because it
 * also crosses as JSON, from a thread whose loop is stuck.
 *
 * Node i hangs below `parent[i]` (-1: a root). V8's own `(idle)`, `(program)` (native code outside of
 * any JavaScript call) and `(garbage collector)` are roots without a file.
 */
export interface CpuReading {
  id: number;
  startedAtMs: number;
  /**
   * Time that was sampled: without the start and the end, during which the program stands still,
   * reads of the heap in between, and time in which the process did not run.
   */
  durationMs: number;
  samplingIntervalUs: number;
  startPauseMs: number;
  /** How long the observed loop stood still for this read. */
  stopPauseMs: number;
  strings: string[];
  parent: number[];
  /** Indexes into `strings`. */
  functionName: number[];
  file: number[];
  /** Where the function begins, 1-based; 0: unknown. */
  line: number[];
  column: number[];
  /** The node each sample was taken in, in the order they were taken. */
  sampleNode: number[];
  /** Index into `routes` of the request it was taken in; -1: none. */
  sampleRoute: number[];
  /** CPU time of the thread since the sample before, microseconds; null where this platform cannot tell. */
  sampleCpuUs: number[] | null;
  /** Microseconds since the start, of the time that `durationMs` counts; null where this platform cannot tell. */
  sampleAtUs: number[] | null;
  /** Samples whose node was left out because the tree is too large; they are not among the above. */
  droppedSamples: number;
  /** For example `GET /users/:id`. */
  routes: string[];
  /** Why samples carry no route; null: they do. */
  routesUnavailable: string | null;
  /** CPU time of all other threads of the process meanwhile; null where unknown. */
  otherThreadsCpuUs: number | null;
}

export interface HeapSnapshotRequest {
  /** Path that does not exist yet. */
  file: string;
  /** Epoch milliseconds after which it is not begun any more. */
  latestStartMs: number;
}

export interface HeapSnapshotReading {
  collectedAtMs: number;
  /** How long the observed loop stood still for it. */
  pauseMs: number;
}

/** A reading, or a promise of one. The direct link may answer at once, a thread never does. */
type Answer<T> = T | Promise<T>;

export interface Probe {
  describe(): Answer<ProcessReading>;
  /** `closeInterval` starts a new interval for the maxima and totals; only the collector does that. */
  readStats(options: { closeInterval: boolean }): Answer<StatsReading>;
  heapAvailability(): Answer<HeapAvailability>;
  /** Rejects with `UNAVAILABLE` where `heapAvailability().inuse` gives a reason. */
  readHeap(): Answer<HeapReading>;
  readTasks(): Answer<TasksReading>;
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
  /** The source map that the program holds for a script, as JSON; null where it holds none. */
  readLoadedMap(file: string): Answer<string | null>;
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
