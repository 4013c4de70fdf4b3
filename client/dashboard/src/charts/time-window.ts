/** Which stretch of time the charts show. Pure. */
import type { Point } from '../live/series.ts';

export interface TimeWindow {
  fromMs: number;
  toMs: number;
}

export const RANGES = ['1m', '5m', '15m', '1h', 'all'] as const;
export type Range = (typeof RANGES)[number];

const RANGE_MS: Record<Range, number> = {
  '1m': 60_000,
  '5m': 5 * 60_000,
  '15m': 15 * 60_000,
  '1h': 60 * 60_000,
  all: Number.POSITIVE_INFINITY,
};

/** An axis needs some width even before the second point. */
const SHORTEST_MS = 10_000;

/** The window that ends at the latest point. */
export function windowOf(points: readonly Point[], range: Range): TimeWindow {
  const toMs = points.at(-1)?.timeMs ?? Date.now();
  const firstMs = points[0]?.timeMs ?? toMs;
  const span = Math.min(RANGE_MS[range], Math.max(SHORTEST_MS, toMs - firstMs));
  return { fromMs: toMs - span, toMs };
}

/** The points inside, and one on either side so that lines reach the edges. */
export function pointsWithin(points: readonly Point[], window: TimeWindow): Point[] {
  const first = points.findIndex((point) => point.timeMs >= window.fromMs);
  const last = points.findLastIndex((point) => point.timeMs <= window.toMs);
  return first === -1 ? [] : points.slice(Math.max(0, first - 1), last + 2);
}
