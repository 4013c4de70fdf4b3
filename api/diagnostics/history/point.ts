/** A point of the metrics history. */
import type { Figures, GcFigures } from '../../analyzers/figures.ts';

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
