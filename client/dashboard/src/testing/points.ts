import { POINT_METRICS, type PointMetric } from '../charts/plots.ts';
import type { Point } from '../live/series.ts';

/** What a test does not state is not known. */
const NO_METRICS = Object.fromEntries(POINT_METRICS.map((name) => [name, null])) as Record<
  PointMetric,
  null
>;

/** An unremarkable point. */
export function aPoint(given: Partial<Point> = {}): Point {
  return {
    sequence: 1,
    instanceId: 'A',
    timeMs: 0,
    responding: true,
    profiling: false,
    blockedForMs: 0,
    ...NO_METRICS,
    alloc: 30e6,
    heapInuse: 60e6,
    sys: 120e6,
    usagePercent: 4,
    eventLoopDelayP50Ms: 0.2,
    eventLoopDelayP99Ms: 2,
    eventLoopDelayMaxMs: 5,
    eventLoopUtilization: 0.05,
    gcPauseMaxMs: 1,
    gcPauseTotalMs: 2,
    goroutines: 20,
    requestsInFlight: 1,
    droppedBefore: 0,
    ...given,
  };
}

/** Points at this distance, the last of them at `endMs`. */
export function pointsEvery(
  intervalMs: number,
  endMs: number,
  given: readonly Partial<Point>[],
): Point[] {
  return given.map((figures, index) =>
    aPoint({
      sequence: index + 1,
      timeMs: endMs - (given.length - 1 - index) * intervalMs,
      ...figures,
    }),
  );
}
