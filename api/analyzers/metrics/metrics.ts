/** All metrics of the history. What else has to know them is checked against these names. */
import { cpuMetrics } from './cpu.ts';
import { eventLoopMetrics } from './event-loop.ts';
import { garbageCollectionMetrics } from './garbage-collection.ts';
import { memoryMetrics } from './memory.ts';
import type { Metric } from './metric.ts';
import { workMetrics } from './work.ts';

const METRICS = {
  ...memoryMetrics,
  ...cpuMetrics,
  ...workMetrics,
  ...eventLoopMetrics,
  ...garbageCollectionMetrics,
} satisfies Record<string, Metric>;

export type MetricName = keyof typeof METRICS;

/** Null where a value is not known. */
export type MetricValues = Record<MetricName, number | null>;

export const METRIC_ENTRIES: readonly [name: MetricName, metric: Metric][] = Object.entries(
  METRICS,
) as [MetricName, Metric][];
