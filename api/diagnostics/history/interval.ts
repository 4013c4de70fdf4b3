/** Gathers the metrics of the interval that the next point of a history is about. */
import type { Figures } from '../../analyzers/figures.ts';
import type { ProcessWide, ThreadMetric } from '../../analyzers/metrics/metric.ts';
import {
  METRIC_ENTRIES,
  type MetricName,
  type MetricValues,
} from '../../analyzers/metrics/metrics.ts';

export interface Interval {
  /** A reading of the observed thread, on time or not. */
  add(figures: Figures): void;
  /** Ends the interval. Gives its metrics, and begins the next. */
  close(process: ProcessWide): MetricValues;
}

export function createInterval(): Interval {
  /** Empty where nothing came since the last close. */
  let read = new Map<MetricName, number>();
  /** The last value of each metric that holds until there is a newer one. */
  const known = new Map<MetricName, number | null>();

  function addTo(name: MetricName, metric: ThreadMetric, figures: Figures): void {
    const value = metric.read(figures) ?? null;
    if (metric.isRepeated) known.set(name, value);
    if (value === null) return;
    const earlier = read.get(name);
    read.set(name, earlier === undefined ? value : metric.merge(earlier, value));
  }

  return {
    add(figures) {
      for (const [name, metric] of METRIC_ENTRIES) {
        if (metric.from === 'THREAD') addTo(name, metric, figures);
      }
    },
    close(process) {
      const values = METRIC_ENTRIES.map(([name, metric]) => [
        name,
        metric.from === 'PROCESS'
          ? metric.read(process)
          : ((metric.isRepeated ? known : read).get(name) ?? null),
      ]);
      read = new Map();
      return Object.fromEntries(values);
    },
  };
}
