/** The delays of the event loop over the last points, so that who asks seldom misses none. */
import type { HistoryPoint } from '../history/point.ts';

/** Monitoring asks at least once a minute. */
const RECENT_MS = 60_000;

type DelayName = 'eventLoopDelayP99Ms' | 'eventLoopDelayMaxMs';

/** The largest of the last minute, and at least of the last point; null where none is known. */
export function largestRecent(points: readonly HistoryPoint[], name: DelayName): number | null {
  const latestMs = points.at(-1)?.timestampMs ?? 0;
  const values = points
    .filter(({ timestampMs }) => latestMs - timestampMs < RECENT_MS)
    .flatMap((point) => point[name] ?? []);
  return values.length === 0 ? null : Math.max(...values);
}
