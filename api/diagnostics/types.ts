/**
 * What the diagnostics answer: the shapes that resolvers read. Plain data, numbers in the unit
 * their name says, times as epoch milliseconds. The schema describes each for API users.
 */
import type { AllocationRow } from '../analyzers/allocations.ts';
import type { TaskGroup, TaskSummary } from '../analyzers/async-groups.ts';
import type {
  GcReading,
  InstrumentationReading,
  ProcessReading,
  StatsReading,
} from '../probe/probe.ts';

/** How the figures came: asked just now, or the last ones the process gave before it fell silent. */
export type Via = 'DIRECT' | 'PORT' | 'LAST_KNOWN';

export interface Observation {
  via: Via;
  measuredAtMs: number;
}

/** CPU use over the last collector interval, as in the history. */
export interface CpuUsage {
  /** Of one core: 0 to 100 × cores. */
  usagePercent: number;
  userSeconds: number;
  systemSeconds: number;
}

export interface HistoryPoint {
  sequence: number;
  timestampMs: number;
  instanceId: string;
  /** False where the observed thread did not answer: then only process-wide figures are fresh. */
  isResponding: boolean;
  /** Null where the observed thread never answered yet. */
  stats: StatsReading | null;
  rssBytes: number;
  cpu: CpuUsage;
  gc: GcReading | null;
}

/** A history point as one subscriber gets it. */
export interface DeliveredPoint extends HistoryPoint {
  /** Points this subscriber lost just before this one. */
  droppedBefore: number;
}

export interface PprofSnapshot {
  timestampMs: number;
  observation: Observation;
  stats: StatsReading;
  cpu: CpuUsage;
  process: ProcessReading;
  /** Live objects by the sampler's last read; null before one. */
  heapObjects: number | null;
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

export type IdentifiedGroup = TaskGroup & { id: string };

export interface GoroutineSnapshot {
  timestampMs: number;
  observation: Observation;
  total: number;
  groups: IdentifiedGroup[];
  summary: TaskSummary;
  raw: { text: string; isTruncated: boolean } | null;
  instrumentation: InstrumentationReading;
}

/** The one object resolvers are given. */
export interface Diagnostics {
  pprof(): Promise<PprofSnapshot>;
  /** Null where the runtime gives no heap profile; the reason stands in `PprofSnapshot.unavailable`. */
  allocations(): Promise<AllocationSnapshot | null>;
  goroutines(options: { raw: boolean }): Promise<GoroutineSnapshot>;
  history(): HistoryPoint[];
  /** Retained points newer than `after` first, then each new one, until the signal fires. */
  metricsHistory(options: {
    after?: number | null;
    signal?: AbortSignal;
  }): AsyncGenerator<DeliveredPoint[]>;
  process(): Promise<ProcessReading>;
  instrumentation(): Promise<InstrumentationReading>;
}
