/** What there is to ask of anything observed, and the shapes of the answers. */
import type { Health } from '../health/finding.ts';
import type { InstrumentationReading } from '../probe/readings/instrumentation.ts';
import type { SourceMapStatus } from '../source-maps/source-maps.ts';
import type { AllocationProfiles } from './allocation-profiles/profiles.ts';
import type { BlackBoxStatus } from './black-box/black-box.ts';
import type { PreviousRun } from './black-box/runs/previous-run.ts';
import type { Captures } from './captures/captures.ts';
import type { CpuProfiles } from './cpu/profiles.ts';
import type { FleetStatus } from './fleet-status.ts';
import type { ExternalSnapshot } from './heap/external.ts';
import type { HolderSearches } from './heap/holders/types.ts';
import type { HeapSnapshotFile } from './heap/snapshots.ts';
import type { AllocationSnapshot, HeapProfileSnapshot } from './heap/types.ts';
import type { DeliveredPoint, HistoryPoint } from './history/point.ts';
import type { MetricsSnapshot } from './metrics/snapshot.ts';
import type { PprofSnapshot } from './pprof.ts';
import type { ProcessFacts } from './process-facts.ts';
import type { RequestSnapshot, RouteSnapshot } from './requests/types.ts';
import type { StackProfileKind, TakenStackProfile } from './stack-profile.ts';
import type { EventLoopStatus, Stall } from './stalls/types.ts';
import type { GoroutineSnapshot, TasksRequest } from './tasks.ts';

/**
 * Everything there is to ask of one target, whatever it is: all that resolvers, endpoints and the page
 * know of it. Answers are plain data, numbers in the unit that their name says, times as epoch
 * milliseconds; the schema describes each for API users. Two make it: `createProbeDiagnostics`, where a
 * probe of ours is reached over a `ProbeLink`, and `createSourceDiagnostics`, where a `TargetSource`
 * asks a process or a file for whatever it can give.
 */
export interface Diagnostics {
  pprof(): Promise<PprofSnapshot>;
  /** Null where the runtime gives no heap profile; the reason stands in `PprofSnapshot.unavailable`. */
  allocations(): Promise<AllocationSnapshot | null>;
  /** @throws DiagnosticsError `UNAVAILABLE` where the runtime gives no heap profile */
  heapProfile(): Promise<HeapProfileSnapshot>;
  /**
   * Buffers outside the heap by stack.
   * @param options `collect`: leave garbage out, where the pause budget allows a collection. @default false
   * @throws DiagnosticsError `UNAVAILABLE` where the target tells nothing of them, `PROCESS_NOT_RESPONDING`
   */
  externalAllocations(options?: { collect?: boolean }): Promise<ExternalSnapshot>;
  /**
   * @throws DiagnosticsError `UNAVAILABLE` where snapshots are switched off, `PROFILE_ALREADY_RUNNING`
   * while one is being written or read, `PROCESS_NOT_RESPONDING` where the thread is busy
   */
  heapSnapshot(): Promise<HeapSnapshotFile>;
  /** Who holds what a stack has allocated. */
  readonly holders: HolderSearches;
  /**
   * @throws DiagnosticsError where an exact read is asked for: `PAUSE_BUDGET_SPENT` where the pause budget
   * does not allow it, `UNAVAILABLE` where it cannot be done, `PROCESS_NOT_RESPONDING`
   */
  goroutines(request: TasksRequest): Promise<GoroutineSnapshot>;
  /**
   * Null where the target does not tell; the reason stands in `PprofSnapshot.unavailable`.
   * @throws DiagnosticsError `INVALID_INPUT` for a limit that is none
   */
  requests(question: { limit: number }): Promise<RequestSnapshot | null>;
  /** As `requests`. */
  routes(question: { limit: number }): Promise<RouteSnapshot | null>;
  /** Moments kept by name, and what changed between two of them. */
  captures: Captures;
  eventLoop(): Promise<EventLoopStatus>;
  /** Newest first; a stall that lasts is the first. */
  stalls(): Promise<Stall[]>;
  /** What is wrong, judged anew; tasks are read for it where they were not read lately. */
  health(): Promise<Health>;
  /** The health at once, then whenever it has changed, until the signal fires; a slow reader gets the latest alone. */
  healthChanges(options?: { signal?: AbortSignal }): AsyncGenerator<Health>;
  readonly cpuProfiles: CpuProfiles;
  readonly allocationProfiles: AllocationProfiles;
  history(): HistoryPoint[];
  /** Retained points newer than `after` first, then each new one, until the signal fires. */
  metricsHistory(options: {
    after?: number | null;
    signal?: AbortSignal;
  }): AsyncGenerator<DeliveredPoint[]>;
  /**
   * What is known already: nothing is read of the heap or the tasks for it, and of a blocked thread
   * nothing at all. Another process is asked for its cheap figures where nobody has asked for them lately.
   * Never rejects.
   */
  metrics(): Promise<MetricsSnapshot>;
  process(): Promise<ProcessFacts>;
  instrumentation(): Promise<InstrumentationReading>;
  /** Absent where nobody writes one. */
  blackBox?(): BlackBoxStatus;
  /** Absent where it is no instance of a fleet. */
  fleet?(): FleetStatus;
  /** Null where the run before ended well, or nothing is known of it. Absent where nothing can be. */
  previousRun?(): Promise<PreviousRun | null>;
  /** Null where the target has no such profile. Absent where it can have none: all but Go. */
  stackProfile?(kind: StackProfileKind): Promise<TakenStackProfile | null>;
  /** Absent where no frames are looked up in source maps. */
  sourceMaps?(): SourceMapStatus;
}

/** As whoever made them has them. */
export interface OwnedDiagnostics extends Diagnostics {
  /** Ends its timers, its subscriptions and what runs. Idempotent. */
  stop(): void;
}
