/** What a target is to the rest: where its readings come from, and how it fares. */

import type { Figures } from '../analyzers/figures.ts';
import type { CpuUsage } from '../analyzers/metrics/cpu-meter.ts';
import type { FrameOrigin } from '../base/files/frame-origin.ts';
import type { PreviousRun } from '../diagnostics/black-box/runs/previous-run.ts';
import type { AllocationSnapshot, HeapProfileSnapshot } from '../diagnostics/heap/types.ts';
import type { HistoryPoint } from '../diagnostics/history/point.ts';
import type { UnavailableField } from '../diagnostics/pprof.ts';
import type { ProcessFacts } from '../diagnostics/process-facts.ts';
import type { RequestSnapshot, RouteSnapshot } from '../diagnostics/requests/types.ts';
import type { StackProfile, StackProfileKind } from '../diagnostics/stack-profile.ts';
import type { EventLoopStatus, Stall } from '../diagnostics/stalls/types.ts';
import type { GoroutineSnapshot, IdentifiedGroup, TasksRequest } from '../diagnostics/tasks.ts';
import type { Diagnostics } from '../diagnostics/types.ts';
import type { Health, HealthStatus } from '../health/finding.ts';
import type { Profile } from '../profile/profile.ts';

/**
 * `NODE` is the process that pprofql runs in, a child of it, or a part of it; `NODE_THREAD` one of its worker threads;
 * `FLEET` all instances of a fleet together.
 */
export type TargetKind = 'NODE' | 'NODE_THREAD' | 'GO' | 'PPROFQL' | 'FILE' | 'FLEET';

export type TargetState = 'NOT_ASKED' | 'ANSWERING' | 'FAILING';

/** One of the targets, as it is asked. */
export interface ObservedTarget extends Diagnostics {
  readonly name: string;
  status(): Promise<TargetStatus>;
}

export interface TargetStatus {
  name: string;
  /** Null while it is not known. */
  kind: TargetKind | null;
  state: TargetState;
  lastAnswerAtMs: number | null;
  /** Why the last question failed; null where it did not. */
  error: string | null;
  /** Name of the target that it is a part of; absent where it stands by itself. */
  parent?: string;
  /** What it is for people, beside its name, as in `worker-3 of pool.js`; absent where the name says it. */
  title?: string;
  /** Of a worker thread alone. */
  thread?: ThreadStatus;
  /** Of a child process alone. */
  child?: ChildStatus;
  /** Of an instance of a fleet alone. */
  instance?: InstanceStatus;
}

/** An instance of a fleet as it last told of itself: nothing is asked of it for this. */
export interface InstanceStatus {
  service: string;
  /** Of its machine, its container or its pod. */
  host: string;
  pid: number;
  /** The file that it runs, without its folder. */
  program: string;
  /** Of pprofql there; null where it is not known. */
  version: string | null;
  startedAtMs: number;
  lastSeenAtMs: number;
  /** Whether it has stopped telling. */
  isGone: boolean;
  /** When it told last; null where it has told nothing. */
  health: HealthStatus | null;
  /** What is worst with it, in a sentence. */
  sentence: string;
  /** What its event loop does; null where it is gone. */
  doing: string | null;
  /** Null where it is gone. */
  blockedForMs: number | null;
  /** Of its history, the newest points, oldest first. */
  recent(question: { limit: number }): HistoryPoint[];
}

/** What the instances of a fleet are instances of. */
export interface ServiceStatus {
  name: string;
  /** Names of its targets, worst first. */
  instances: readonly string[];
}

/** A question that all instances of a service were asked. */
export interface ServiceTasks {
  /** Instances that have answered, and those that have not, with the reason. */
  answered: readonly string[];
  unanswered: readonly { name: string; reason: string }[];
  total: number;
  /** Potentially stuck first, then longest wait, then most tasks; as many as were asked for. */
  groups: readonly ServiceTaskGroup[];
}

/** Tasks with one stack and state, wherever they are. */
export interface ServiceTaskGroup extends IdentifiedGroup {
  instanceCount: number;
  /** Most tasks first. */
  instances(question: { limit: number }): { name: string; count: number }[];
}

/** A child process as it last told of itself: nothing is asked of it for this. */
export interface ChildStatus {
  pid: number;
  /** Null for evaluated code. */
  file: string | null;
  startedAtMs: number | null;
  /** Of one core, over the last interval of its metrics history; null before the first. So are the others. */
  cpuPercent: number | null;
  /** Share of the time in which its loop was not idle, 0 to 1. */
  utilization: number | null;
  heapUsedBytes: number | null;
  /** Resident memory of the process. */
  rssBytes: number | null;
  /** What its event loop does. */
  loop: EventLoopStatus;
}

/** A worker thread as it was last seen: nothing is asked of it for this. */
export interface ThreadStatus {
  /** Node's `threadId`. */
  id: number;
  /** Address of its script; null for evaluated code. */
  file: string | null;
  /** What its maker called it; null for no name. */
  threadName: string | null;
  /** Of the request that it was made in, with the method; null where it was made in none, or that is not known. */
  route: string | null;
  startedAtMs: number;
  /** Of one core, 0 to 100, over the last second or two; null before that. */
  cpuPercent: number | null;
  /** Share of the time in which its loop was not idle, 0 to 1; null where it was not asked yet. */
  utilization: number | null;
  heapUsedBytes: number | null;
  /** What its event loop does. */
  loop: EventLoopStatus;
}

/** Cheap figures, and what is known of the process they are of. */
export interface TargetReading {
  figures: Figures;
  /** Over the target's own last interval; null where only `figures.cpu` tells. */
  cpu: CpuUsage | null;
  process: ProcessFacts;
  heapObjects: number | null;
  /** When they were counted; null where unknown, absent where that was with the other figures. */
  heapObjectsAtMs?: number | null;
  unavailable: UnavailableField[];
}

/** What is known of a target's event loop. */
export interface LoopReading {
  status: EventLoopStatus;
  /** Newest first. */
  stalls: Stall[];
}

/** Where the readings of a target come from. Each rejects with a DiagnosticsError that names the target. */
export interface TargetSource {
  /** Null until it is known. */
  readonly kind: TargetKind | null;
  /** `closeInterval` starts a new interval for the totals of collections. */
  read(options: { closeInterval: boolean }): Promise<TargetReading>;
  /** Null where it has no heap profile. */
  readAllocations(): Promise<AllocationSnapshot | null>;
  readHeap(): Promise<HeapProfileSnapshot>;
  readGoroutines(request: TasksRequest): Promise<GoroutineSnapshot>;
  /** Absent where it has no event loop that somebody watches; null while that is not known. */
  readLoop?(): Promise<LoopReading | null>;
  /** Absent where it does not judge itself; null while that is not known, or where its version does not. */
  readHealth?(): Promise<Health | null>;
  /** Absent where it does not tell of requests; null where its version does not. */
  readRequests?(question: { limit: number }): Promise<RequestSnapshot | null>;
  /** Absent where it does not tell of routes; null where its version does not. */
  readRoutes?(question: { limit: number }): Promise<RouteSnapshot | null>;
  /** Absent where it has none that is known; null where that ended well, or its version does not tell. */
  readPreviousRun?(): Promise<PreviousRun | null>;
  /** Absent where it has no profiles of Go; null where it has not this one. */
  readStackProfile?(kind: StackProfileKind): Promise<StackProfile | null>;
  /** Samples the CPU for so long. */
  readCpuProfile(options: { seconds: number; signal: AbortSignal }): Promise<Profile>;
}

/** The diagnostics of this process, and the way to those of every target. */
export interface TargetedDiagnostics extends Diagnostics {
  /**
   * @param name null: the default target
   * @throws DiagnosticsError `NOT_FOUND` for a name that none has, or has no longer
   */
  target(name: string | null | undefined): ObservedTarget;
  /** The default target first. Those that are parts of another come and go with what they are. */
  targets(): Promise<TargetStatus[]>;
  /** Absent where no fleet is served. */
  services?(): Promise<ServiceStatus[]>;
  /** @throws DiagnosticsError `NOT_FOUND` for a service that is not there. Absent where no fleet is served. */
  service?(name: string): Promise<ServiceStatus>;
  /** @throws DiagnosticsError `NOT_FOUND` where no instance of it runs. Absent where no fleet is served. */
  serviceTasks?(service: string, question: { limit: number }): Promise<ServiceTasks>;
  /** Whose code stands in a file. */
  originOf(file: string): FrameOrigin;
  /** True for a file of pprofql itself. */
  isOwnFile(file: string): boolean;
}
