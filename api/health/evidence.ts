/** What health is judged by: plain data about one target, gathered by the diagnostics. */
import type { MetricValues } from '../analyzers/metrics/metrics.ts';
import type { RequestWait } from '../analyzers/requests/request-waits.ts';
import type { RouteRow } from '../analyzers/requests/types.ts';
import type { TaskGroup } from '../analyzers/tasks/types.ts';
import type { MadeReading } from '../probe/readings/outside.ts';
import type { Frame } from '../profile/profile.ts';

/** A point of the metrics history, as far as a detector looks at it. */
export interface PointEvidence
  extends Pick<
    MetricValues,
    | 'alloc'
    | 'oldSpaceUsed'
    | 'goroutines'
    | 'eventLoopDelayP99Ms'
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
  /** Top frame first; empty where none is known. */
  frames: readonly Frame[];
}

export type TaskEvidence = Pick<
  TaskGroup,
  | 'count'
  | 'sampled'
  | 'stuckCount'
  | 'outlivedRequest'
  | 'oldestWaitMs'
  | 'topFrame'
  | 'frames'
  | 'routes'
>;

/** A request in flight. */
export type RequestEvidence = RequestWait;

/** What a route has served. */
export interface RouteEvidence
  extends Pick<RouteRow, 'route' | 'count' | 'p99Ms' | 'maxMs' | 'waits'> {
  /** Of those that ended in the last minutes: how many, and how long they took on average. */
  recent: { count: number; meanMs: number };
}

/** A stack that holds more of the heap than at an earlier read. */
export interface GrowthEvidence {
  /** Top frame first. */
  frames: readonly Frame[];
  grownBytes: number;
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

export interface Evidence {
  nowMs: number;
  /** What is judged: the process that pprofql runs in, or another one; null while that is not known. */
  kind: 'NODE' | 'NODE_THREAD' | 'GO' | 'PPROFQL' | 'FILE' | null;
  /** Why the last question was not answered; null where it was. */
  error: string | null;
  /** The latest of one start of the process, oldest first. */
  points: readonly PointEvidence[];
  /** Null where no event loop is watched. */
  loop: LoopEvidence | null;
  /** Null before they were read. */
  tasks: readonly TaskEvidence[] | null;
  /** The oldest that are in flight; null before they were read. */
  requests: readonly RequestEvidence[] | null;
  /** Null before they were read. */
  routes: readonly RouteEvidence[] | null;
  /** Between two reads of the heap that somebody asked for, most bytes first; empty before two. */
  growth: readonly GrowthEvidence[];
  /** Null where it is not told. */
  outside: OutsideEvidence | null;
  /** Null where it is not told. */
  heapLimitBytes: number | null;
}

/** What the target calls what it does. */
export function taskNoun({ kind }: Pick<Evidence, 'kind'>): 'task' | 'goroutine' {
  return isOfGo({ kind }) ? 'goroutine' : 'task';
}

/** Its tasks are goroutines, of which nobody can tell whether their request has ended. */
export function isOfGo({ kind }: Pick<Evidence, 'kind'>): boolean {
  return kind === 'GO' || kind === 'FILE';
}
