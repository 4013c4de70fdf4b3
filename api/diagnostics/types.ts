/**
 * What the diagnostics answer: the shapes that resolvers read. Plain data, numbers in the unit
 * their name says, times as epoch milliseconds. The schema describes each for API users.
 */
import type { AllocationRow } from '../analyzers/allocations/allocations.ts';
import type { Figures, GcFigures } from '../analyzers/figures.ts';
import type { TaskGroup, TaskSummary } from '../analyzers/tasks/groups.ts';
import type { GoGroup } from '../go-dump/groups.ts';
import type { GoDumpStats } from '../go-dump/parse.ts';
import type { Via } from '../link/via.ts';
import type { InstrumentationReading, ProcessReading, StackFrame } from '../probe/probe.ts';
import type { Profile } from '../profile/profile.ts';
import type { SourceMapStatus } from '../source-maps/source-maps.ts';
import type { Captures } from './captures.ts';
import type { CpuProfiles } from './cpu/profiles.ts';
import type { HeapSnapshotFile } from './heap/snapshots.ts';

export interface Observation {
  via: Via;
  measuredAtMs: number;
}

/** CPU use over the last collector interval, as in the history; null where a target does not tell. */
export interface CpuUsage {
  /** Of one core: 0 to 100 × cores. */
  usagePercent: number | null;
  userSeconds: number | null;
  systemSeconds: number | null;
}

export interface HistoryPoint {
  sequence: number;
  timestampMs: number;
  instanceId: string;
  /** False where the observed thread did not answer: then only process-wide figures are fresh. */
  isResponding: boolean;
  /** A CPU profile ran at some time since the point before. */
  isProfiled: boolean;
  /** How long the loop had been stalled at this point: 0 where it was not, null where stalls are not watched. */
  blockedForMs: number | null;
  /** Null where the observed thread never answered yet. */
  stats: Figures | null;
  rssBytes: number;
  cpu: CpuUsage;
  gc: GcFigures | null;
}

/** A history point as one subscriber gets it. */
export interface DeliveredPoint extends HistoryPoint {
  /** Points this subscriber lost just before this one. */
  droppedBefore: number;
}

/** Facts about an observed process; null where its runtime cannot give one. */
export type ProcessFacts = {
  [Fact in keyof Omit<ProcessReading, 'failedParts' | 'entryFile'>]: ProcessReading[Fact] | null;
} & Pick<ProcessReading, 'instanceId' | 'title'> & {
    /** Such as `go1.26.1`; absent where it is no Go process, or unknown. */
    goVersion?: string;
    /** The folder of the program, to which shown paths are relative; absent where unknown. */
    programRoot?: string;
  };

export interface PprofSnapshot {
  timestampMs: number;
  observation: Observation;
  stats: Figures;
  cpu: CpuUsage;
  process: ProcessFacts;
  /** Live objects by the sampler's last read; null before one. */
  heapObjects: number | null;
  /** When they were counted; null where unknown, absent where that was with the other figures. */
  heapObjectsAtMs?: number | null;
  unavailable: UnavailableField[];
}

export interface UnavailableField {
  field: string;
  reason: string;
}

export type IdentifiedRow = AllocationRow & { id: string };

export interface AllocationSnapshot {
  collectedAtMs: number;
  pauseMs: number;
  samplingIntervalBytes: number;
  rotations: number;
  liveBytes: number;
  cumulativeBytes: number | null;
  stackCount: number;
  /** Null where this runtime cannot give it. */
  top: IdentifiedRow[] | null;
  inuse: IdentifiedRow[];
}

/** One heap read as a profile: every stack, own ones included. */
export interface HeapProfileSnapshot
  extends Pick<
    AllocationSnapshot,
    'collectedAtMs' | 'pauseMs' | 'samplingIntervalBytes' | 'rotations'
  > {
  /** The same object until the heap is read again. */
  profile: Profile;
  /** Until when the pause budget holds the next read back; absent where nothing does. */
  nextReadAtMs?: number;
  /** Why it has no cumulative values; null where it has. */
  cumulativeUnavailable: string | null;
}

/** With what only Go prints, where the process is Go's. */
export type IdentifiedGroup = TaskGroup & { id: string } & Partial<Omit<GoGroup, keyof TaskGroup>>;

export interface GoroutineSnapshot {
  timestampMs: number;
  observation: Observation;
  total: number;
  groups: IdentifiedGroup[];
  summary: TaskSummary;
  raw: { text: string; isTruncated: boolean } | null;
  /** How well the dump was understood that the tasks were read from; absent where there was none. */
  dump?: GoDumpStats;
  instrumentation: InstrumentationReading;
}

/** What keeps the event loop from turning. */
export type StallState =
  | 'RUNNING_JAVASCRIPT'
  | 'IN_NATIVE_CODE'
  | 'READ_BY_PPROFQL'
  | 'PAUSED_BY_DEBUGGER'
  | 'UNKNOWN';

export interface StallStack {
  /** Top frame first. */
  frames: StackFrame[];
  /** How many looks at the thread found this stack. */
  captures: number;
  /** The latest of them. */
  capturedAtMs: number;
  /** Seen as native code returned: the native call was made here, or in what has just returned to here. */
  isNativeCaller: boolean;
}

/** A time in which the event loop did not turn for longer than the threshold. */
export interface Stall {
  /** Counts from 1 within one start of the process. */
  id: number;
  /** When the loop last turned before it. */
  startedAtMs: number;
  /** Null while it lasts. */
  durationMs: number | null;
  state: StallState;
  /** How often the thread was looked at, and how often it was in native code then. */
  looks: number;
  nativeLooks: number;
  /** Captures of further stacks that were not kept. */
  droppedCaptures: number;
  /** Those with code of the program first, and of these the one with most captures. */
  stacks: StallStack[];
  sentence: string;
}

export interface EventLoopStatus {
  state: 'RESPONSIVE' | StallState;
  /** Milliseconds since the loop last turned; 0 while it does. */
  blockedForMs: number;
  /** The stack that this stall is called after; null while the loop turns and where none was captured. */
  stack: StallStack | null;
  sentence: string;
  /** Why stalls are not watched; null where they are. */
  unwatchedReason: string | null;
}

/** The one object resolvers are given. */
export interface Diagnostics {
  pprof(): Promise<PprofSnapshot>;
  /** Null where the runtime gives no heap profile; the reason stands in `PprofSnapshot.unavailable`. */
  allocations(): Promise<AllocationSnapshot | null>;
  /** @throws DiagnosticsError `UNAVAILABLE` where the runtime gives no heap profile */
  heapProfile(): Promise<HeapProfileSnapshot>;
  /**
   * @throws DiagnosticsError `UNAVAILABLE` where snapshots are switched off, `PROFILE_ALREADY_RUNNING`
   * while one is being written or read, `PROCESS_NOT_RESPONDING` where the thread is busy
   */
  heapSnapshot(): Promise<HeapSnapshotFile>;
  goroutines(options: { raw: boolean }): Promise<GoroutineSnapshot>;
  /** Moments kept by name, and what changed between two of them. */
  captures: Captures;
  eventLoop(): Promise<EventLoopStatus>;
  /** Newest first; a stall that lasts is the first. */
  stalls(): Promise<Stall[]>;
  readonly cpuProfiles: CpuProfiles;
  history(): HistoryPoint[];
  /** Retained points newer than `after` first, then each new one, until the signal fires. */
  metricsHistory(options: {
    after?: number | null;
    signal?: AbortSignal;
  }): AsyncGenerator<DeliveredPoint[]>;
  process(): Promise<ProcessFacts>;
  instrumentation(): Promise<InstrumentationReading>;
  /** Absent where no frames are looked up in source maps. */
  sourceMaps?(): SourceMapStatus;
}
