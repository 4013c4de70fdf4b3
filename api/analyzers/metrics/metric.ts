/**
 * A metric of the history: where its value is read, and what two readings make of it. Each is one
 * entry in a file of this folder, under the name that the API gives it.
 */
import type { Figures } from '../figures.ts';
import type { CpuUsage } from './cpu-meter.ts';

/** What is known of a process without asking its observed thread. */
export interface ProcessWide {
  /** Memory that the whole process holds; null where nobody tells it now. */
  sysBytes: number | null;
  cpu: CpuUsage;
}

export interface ThreadMetric {
  from: 'THREAD';
  /** Null, or absent, where the runtime does not tell it. */
  read(figures: Figures): number | null | undefined;
  /** What two readings that follow each other give together: the first came too late for its own point. */
  merge(earlier: number, later: number): number;
  /** Whether a point for which the thread gave nothing repeats the last value known; else it is null there. */
  isRepeated: boolean;
}

export interface ProcessMetric {
  from: 'PROCESS';
  read(process: ProcessWide): number | null;
}

export type Metric = ThreadMetric | ProcessMetric;

const latest = (_earlier: number, later: number): number => later;

const MERGES = {
  latest,
  sum: (earlier: number, later: number) => earlier + later,
  largest: Math.max,
};

/** How something stands at a moment. The last value known holds until there is a newer one. */
export function level(read: ThreadMetric['read']): ThreadMetric {
  return { from: 'THREAD', read, merge: latest, isRepeated: true };
}

/** What happened in an interval. Null where nothing was read for it. */
export function interval(
  read: ThreadMetric['read'],
  { merge }: { merge: keyof typeof MERGES },
): ThreadMetric {
  return { from: 'THREAD', read, merge: MERGES[merge], isRepeated: false };
}

/** What is read without the observed thread, so that it is fresh while that is blocked. */
export function processWide(read: ProcessMetric['read']): ProcessMetric {
  return { from: 'PROCESS', read };
}
