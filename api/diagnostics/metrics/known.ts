/** The metrics of what a probe is in, of what is known of it already. */
import { readCpuTimes } from '../../probe/process/cpu-times.ts';
import type { FiguresReading } from '../../probe/readings/figures.ts';
import type { HealthKeeper } from '../health/keeper.ts';
import type { HealthSources } from '../health/sources.ts';
import type { Collector } from '../history/collector.ts';
import type { ProcessFacts } from '../process-facts.ts';
import type { StallWatch } from '../stalls/watch.ts';
import type { KnownRoutes } from './known-routes.ts';
import type { MetricsSnapshot } from './snapshot.ts';

export interface KnownMetricsOptions {
  collector: Pick<Collector, 'lastFigures' | 'history' | 'gcPauseMs'>;
  process: ProcessFacts;
  health: Pick<HealthKeeper, 'check' | 'known'>;
  taskTotals: HealthSources['taskTotals'];
  watch: Pick<StallWatch, 'totals' | 'blockedForMs'>;
  routes: KnownRoutes['routes'];
}

export function knownMetrics({
  collector,
  process,
  health,
  taskTotals,
  watch,
  routes,
}: KnownMetricsOptions): MetricsSnapshot {
  const figures = collector.lastFigures();
  // Of what is known: a stall may have gone on for long since the last point.
  health.check();
  return {
    figures: figures && withFreshProcess(figures),
    process,
    points: collector.history(),
    health: health.known(),
    tasks: taskTotals(),
    stalls: watch.totals(),
    blockedForMs: watch.blockedForMs(),
    gcPauseMs: collector.gcPauseMs(),
    requestsServed: figures?.requestsServed ?? null,
    routes: routes(),
  };
}

/** What is the whole process', any of its threads can read. */
function withFreshProcess(figures: FiguresReading): FiguresReading {
  return {
    ...figures,
    memory: { ...figures.memory, rssBytes: process.memoryUsage.rss() },
    cpu: readCpuTimes(),
  };
}
