/** What health is judged by: plain data about one target, gathered by the diagnostics. */
import type { MetricValues } from '../analyzers/metrics/metrics.ts';
import type { RequestWait } from '../analyzers/requests/request-waits.ts';
import type { RouteRow } from '../analyzers/requests/types.ts';
import type { TaskGroup } from '../analyzers/tasks/types.ts';
import type { GoFacts } from '../go-dump/facts.ts';
import type { MadeReading } from '../probe/readings/outside.ts';
import type { Frame } from '../profile/profile.ts';
import type { EndedRun } from './ended-run.ts';

/** A point of the metrics history, as far as a detector looks at it. */
export interface PointEvidence
  extends Pick<
    MetricValues,
    | 'alloc'
    | 'oldSpaceUsed'
    | 'goroutines'
    | 'eventLoopDelayP99Ms'
    | 'eventLoopDelayMaxMs'
    | 'eventLoopUtilization'
    | 'gcPauseTotalMs'
  > {
  timestampMs: number;
  /** False where the observed thread did not answer. */
  isResponding: boolean;
}

/** What the event loop does now. */
export interface LoopEvidence {
  state:
    | 'RESPONSIVE'
    | 'RUNNING_JAVASCRIPT'
    | 'IN_NATIVE_CODE'
    | 'READ_BY_PPROFQL'
    | 'PAUSED_BY_DEBUGGER'
    | 'UNKNOWN';
  /** How long it has not turned; 0 while it does. */
  blockedForMs: number;
  /** Of that, how long the thread could have run and was not given a core; 0 where that is not told. */
  starvedForMs: number;
  /** Top frame first; empty where none is known. */
  frames: readonly Frame[];
}

/** A line of the program, and the delays of the event loop that it made. */
export interface DelayPlace {
  /** Top frame first. */
  frames: readonly Frame[];
  ms: number;
  /** Of that, in native code that was called here, or in what has just returned to here. */
  nativeMs: number;
}

/** Delays of the event loop from a tenth of a second on, of the last minute or since they are watched for. */
export interface DelayEvidence {
  watchedMs: number;
  /** When the first of them began; null for none. */
  sinceMs: number | null;
  /** Without those that pprofql made, like the figures up to `worstMs`. */
  count: number;
  /** Time in them in which the thread did not wait for a core. */
  totalMs: number;
  worstMs: number;
  /** Time in them in which it did. */
  starvedMs: number;
  /** Time in which pprofql itself held the loop. */
  ownWorkMs: number;
  /** Of `totalMs`, in delays that nobody looked into. */
  unseenMs: number;
  /** Most time first. */
  places: readonly DelayPlace[];
}

/** A function of the program, and the time that it took with all that it called of others. */
export interface HotPlace {
  /** Top frame first: of the stack that took most, or one that was seen there. */
  frames: readonly Frame[];
  ms: number;
  /** The route whose requests took most of that time, as in `GET /users/:id`; null where none did. */
  route: string | null;
}

/** Where the time of the observed thread went, by a short CPU profile. */
export interface HotCodeEvidence {
  lastedMs: number;
  /** All but idle; the following are of it. */
  busyMs: number;
  collectingMs: number;
  /** In Node and V8, with no code of the program or a package on the stack. */
  nodeMs: number;
  /** Most time first. */
  places: readonly HotPlace[];
}

/** What the observed thread was given of the CPU time that it wanted, over the last half minute. */
export interface CpuTimeEvidence {
  lastedMs: number;
  ranMs: number;
  /** It could have run, and waited for a core or for the next period of a quota. */
  waitedMs: number;
  /** Of the whole process; null where no limit on CPU time is set. */
  quota: { periods: number; throttledPeriods: number; throttledMs: number } | null;
}

export type TaskEvidence = Pick<
  TaskGroup,
  | 'state'
  | 'stackKind'
  | 'refed'
  | 'newestWaitMs'
  | 'count'
  | 'sampled'
  | 'stuckCount'
  | 'outlivedRequest'
  | 'oldestWaitMs'
  | 'topFrame'
  | 'frames'
  | 'routes'
>;

/** Tasks of one stack that become ever more. */
export interface GrowingTasks
  extends TaskEvidence,
    Pick<TaskGroup, 'state' | 'stackKind' | 'refed'> {
  /** From the first third of the time to the last. */
  grownBy: number;
  lastedMs: number;
}

/** A request in flight. */
export type RequestEvidence = RequestWait;

/** What a route has served. */
export interface RouteEvidence
  extends Pick<RouteRow, 'route' | 'count' | 'p99Ms' | 'maxMs' | 'waits'> {
  /** Of those that ended in the last minutes: how many, and how long they took on average. */
  recent: { count: number; meanMs: number };
  /**
   * How often one of its requests waits in one place, one time after the other: by how young the waits
   * of old requests are. Null where that was not seen.
   */
  waitsInARow: number | null;
}

/** A stack that holds more of the heap than at an earlier read. */
export interface GrowthEvidence {
  /** Top frame first. */
  frames: readonly Frame[];
  grownBytes: number;
  /** It is within this of `grownBytes` in 95 of 100 cases; null where that is not known. */
  marginBytes: number | null;
}

/** What a collection of the whole heap left. */
export interface LeftEvidence {
  atMs: number;
  bytes: number;
  /** Requests that had ended by then, since the start; null where they are not counted. */
  requests: number | null;
}

/** A place that makes promises which stay in memory. */
export interface KeptPromisesEvidence {
  /** Top frame first. */
  frames: readonly Frame[];
  /** Looked at again long after they were made; those that were still there; and those of them that were settled. */
  sampled: number;
  kept: number;
  settled: number;
  /** An estimate of how many are made here in each second and kept. */
  keptPerSecond: number;
}

/** A growing heap, looked at from the time on at which it was suspected. */
export interface HeapEvidence {
  /** Oldest first; empty where nothing is suspected. */
  left: readonly LeftEvidence[];
  /** Most that are kept first. */
  promises: readonly KeptPromisesEvidence[];
}

/** The listeners of one event of one emitter, at several moments. */
export interface ListenersEvidence {
  /** Class of the emitter; empty where it has none. */
  emitter: string;
  event: string;
  /** Where most of them are added, top frame first. */
  frames: readonly Frame[];
  /** Of those that were seen being added, the share that were added there, 0 to 1. */
  share: number;
  /** Oldest first. */
  counts: readonly ListenerCount[];
}

export interface ListenerCount {
  atMs: number;
  count: number;
  /** Requests that had ended by then, since the start; null where they are not counted. */
  requests: number | null;
  /** Open sockets and pipes, and requests in flight: each may rightly have a listener. */
  users: number;
}

/** How much there was outside the heap at one time. */
export interface OutsideLevel {
  atMs: number;
  arrayBuffersBytes: number;
  /** Told to V8 by native objects, without array buffers. */
  nativeBytes: number;
  /** Resident, and in none of the heaps and stores that are known. */
  restBytes: number;
  /** Active handles and timers by the name Node gives them; null where they were not counted. */
  handles: Readonly<Record<string, number>> | null;
  /** Open descriptors of the process; null where the system does not tell. */
  descriptors: number | null;
  workers: number;
}

/** What one stack made outside the heap while that was watched. */
export interface MadeEvidence extends Omit<MadeReading, 'stack'> {
  /** Top frame first. */
  frames: readonly Frame[];
}

export interface OutsideEvidence {
  /** Of the last minutes, oldest first. */
  levels: readonly OutsideLevel[];
  /** As last read; empty where nothing was suspected. */
  made: readonly MadeEvidence[];
  /** What of buffers was watched from when to when is in `made`; null for nothing. */
  buffersWatched: { sinceMs: number; untilMs: number } | null;
  /** Cores that the process may use. */
  cores: number;
}

/** Jobs that one line has given to libuv's pool of threads, running or waiting. */
export interface PoolJobs {
  what: 'crypto' | 'dns' | 'fs';
  /** Top frame first: where they were made. */
  frames: readonly Frame[];
  count: number;
  isEstimate: boolean;
}

/** How long a job waits for one of the threads that Node has for files, DNS and crypto. */
export interface ThreadPoolEvidence {
  size: number;
  /** Of a job that does next to nothing: the last one, or the one that waits now. */
  waitedMs: number;
  /** Since when jobs wait for long; null where they do not. */
  sinceMs: number | null;
  /** Most first; null where nobody has looked. */
  jobs: readonly PoolJobs[] | null;
}

/** A worker thread, as it is judged. */
export interface ThreadEvidence {
  /** As in `worker-3 of pool.js`. */
  title: string;
  /** Null where it has had time left lately, or the system does not tell. */
  busy: BusyWorkerEvidence | null;
  /** The main thread does nothing but wait, as `Atomics.wait` has it do. */
  isMainWaiting: boolean;
}

export interface BusyWorkerEvidence {
  sinceMs: number;
  /** The function that most looks found, top frame first; empty before the first. */
  frames: readonly Frame[];
  /** Of the looks, 0 to 1. */
  share: number;
}

export interface Evidence {
  nowMs: number;
  /** What is judged: the process that pprofql runs in, or another one; null while that is not known. */
  kind: 'NODE' | 'NODE_THREAD' | 'GO' | 'PPROFQL' | 'FILE' | 'FLEET' | null;
  /** Why the last question was not answered; null where it was. */
  error: string | null;
  /** The latest of one start of the process, oldest first. */
  points: readonly PointEvidence[];
  /** Null where no event loop is watched. */
  loop: LoopEvidence | null;
  /** Null where nobody watches for short delays now. */
  delays: DelayEvidence | null;
  /** Null where the kernel does not tell, and at the first look. */
  cpuTime: CpuTimeEvidence | null;
  /** Null where there was no reason to look. */
  hotCode: HotCodeEvidence | null;
  /** Null before it was measured. */
  threadPool: ThreadPoolEvidence | null;
  /** Null before they were read. */
  tasks: readonly TaskEvidence[] | null;
  /** By how many reads of the tasks there were; those that grew most first. Null before there were enough. */
  growingTasks: readonly GrowingTasks[] | null;
  /** The oldest that are in flight; null before they were read. */
  requests: readonly RequestEvidence[] | null;
  /** Null before they were read. */
  routes: readonly RouteEvidence[] | null;
  /** What a dump of goroutines tells beyond its groups; absent or null where there was none. */
  go?: Pick<GoFacts, 'crash' | 'locks' | 'crowds' | 'poolWaiters'> | null;
  /** Absent or null where it is no worker thread. */
  thread?: ThreadEvidence | null;
  /** Between two reads of the heap, most bytes first, by line; empty before two. */
  growth: readonly GrowthEvidence[];
  /** Null where collections of the heap are not looked at. */
  heap: HeapEvidence | null;
  /** Those that are worth a look. */
  listeners: readonly ListenersEvidence[];
  /** Null where it is not told. */
  outside: OutsideEvidence | null;
  /** Null where it is not told. */
  heapLimitBytes: number | null;
  /** The run before this one, and when this one began; absent or null where it ended well, or none is known. */
  previousRun?: { run: EndedRun; thisStartedAtMs: number } | null;
}

/** What only the process that pprofql runs in can be asked for, as it is elsewhere. */
export const UNREAD_ELSEWHERE = {
  growingTasks: null,
  delays: null,
  cpuTime: null,
  hotCode: null,
  threadPool: null,
  outside: null,
  heap: null,
  listeners: [],
} satisfies Partial<Evidence>;

/** What the target calls what it does. */
export function taskNoun({ kind }: Pick<Evidence, 'kind'>): 'task' | 'goroutine' {
  return isOfGo({ kind }) ? 'goroutine' : 'task';
}

/** Its tasks are goroutines, of which nobody can tell whether their request has ended. */
export function isOfGo({ kind }: Pick<Evidence, 'kind'>): boolean {
  return kind === 'GO' || kind === 'FILE';
}
