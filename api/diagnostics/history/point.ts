/** One point of a metrics history. */
import type { MetricValues } from '../../analyzers/metrics/metrics.ts';

/** With the value of each metric. */
export interface HistoryPoint extends MetricValues {
  sequence: number;
  timestampMs: number;
  instanceId: string;
  /** False where the observed thread did not answer: then only process-wide metrics are fresh. */
  isResponding: boolean;
  /** A CPU profile ran at some time since the point before. */
  isProfiled: boolean;
  /** How long the loop had been stalled at this point: 0 where it was not, null where stalls are not watched. */
  blockedForMs: number | null;
}

/** A history point as one subscriber gets it. */
export interface DeliveredPoint extends HistoryPoint {
  /** Points this subscriber lost just before this one. */
  droppedBefore: number;
}
