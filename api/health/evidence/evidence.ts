/** What health is judged by: plain data about one target, gathered by the diagnostics. */
import type { MetricValues } from '../../analyzers/metrics/metrics.ts';
import type { GoFacts } from '../../go-dump/facts.ts';
import type { EndedRun } from '../ended-run.ts';
import type { GrowthEvidence, HeapEvidence } from './heap.ts';
import type {
  CpuTimeEvidence,
  DelayEvidence,
  HotCodeEvidence,
  LoopEvidence,
  PastStall,
  ThreadPoolEvidence,
} from './loop.ts';
import type { ChildrenEvidence, ListenersEvidence, OutsideEvidence } from './outside.ts';
import type {
  GrowingTasks,
  HeldEvidence,
  RequestEvidence,
  RouteEvidence,
  TaskEvidence,
} from './tasks.ts';
import type { ThreadEvidence } from './thread.ts';

/** A point of the metrics history, as far as a detector looks at it. */
export interface PointEvidence
  extends Pick<
    MetricValues,
    | 'alloc'
    | 'oldSpaceUsed'
    | 'goroutines'
    | 'requestsInFlight'
    | 'eventLoopDelayP99Ms'
    | 'eventLoopDelayMaxMs'
    | 'eventLoopUtilization'
    | 'gcPauseTotalMs'
  > {
  timestampMs: number;
  /** False where the observed thread did not answer. */
  isResponding: boolean;
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
  /** The latest that are over, newest first; empty where no event loop is watched. */
  pastStalls: readonly PastStall[];
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
  /** In flight beside those of the list, which began later than all of it. */
  requestsBeyond: number;
  /** Absent or null where there was no reason to look for it, or none was found. */
  held?: HeldEvidence | null;
  /** Null before they were read. */
  routes: readonly RouteEvidence[] | null;
  /** There were requests, none lately, and the program itself has made them all; absent where that is not told. */
  hasServedItself?: boolean;
  /** What a dump of goroutines tells beyond its groups; absent or null where there was none. */
  go?: Pick<
    GoFacts,
    'crash' | 'locks' | 'races' | 'crowds' | 'poolWaiters' | 'pool' | 'openBodies'
  > | null;
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
  /** Absent or null where there are none, or there was no reason to look. */
  children?: ChildrenEvidence | null;
  /** Null where it is not told. */
  heapLimitBytes: number | null;
  /** The run before this one, and when this one began; absent or null where it ended well, or none is known. */
  previousRun?: { run: EndedRun; thisStartedAtMs: number } | null;
}

/** What only the process that pprofql runs in can be asked for, as it is elsewhere. */
export const UNREAD_ELSEWHERE = {
  growingTasks: null,
  pastStalls: [],
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
