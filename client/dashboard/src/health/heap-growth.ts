import type { Point } from '../live/series.ts';
import { formatBytes, formatDuration, formatShare } from '../shared/format.ts';
import { type Frame, placeName } from '../shared/frames.ts';
import type { Finding } from './health.ts';

/** A place that holds more than it did when the page opened. */
export interface Grower {
  frame: Frame;
  grownBytes: number;
}

const WINDOW_MS = 5 * 60_000;
/** Less tells a trend from warming up too poorly. */
const SHORTEST_WINDOW_MS = 2 * 60_000;
const FEWEST_POINTS = 9;
const GROWN_BYTES = 20e6;
const GROWN_SHARE = 0.15;
const LIMIT_SHARE = 0.9;

/** The heap is about full, or even what remains after collections keeps growing. */
export function growthFindings(
  points: readonly Point[],
  growers: readonly Grower[],
  heapLimitBytes: number | null,
): Finding[] {
  return [...nearLimit(points, heapLimitBytes), ...growing(points, growers)];
}

function nearLimit(points: readonly Point[], heapLimitBytes: number | null): Finding[] {
  const latest = points.at(-1);
  if (latest === undefined || heapLimitBytes === null) return [];
  const share = latest.alloc / heapLimitBytes;
  if (share < LIMIT_SHARE) return [];
  return [
    {
      severity: 'critical',
      sentence: `Heap at ${formatShare(share)} of its limit of ${formatBytes(heapLimitBytes)}`,
      evidence: { view: 'memory' },
    },
  ];
}

function growing(points: readonly Point[], growers: readonly Grower[]): Finding[] {
  const latest = points.at(-1);
  if (latest === undefined) return [];
  const window = points.filter((point) => point.timeMs >= latest.timeMs - WINDOW_MS);
  const lastedMs = latest.timeMs - (window[0]?.timeMs ?? latest.timeMs);
  if (window.length < FEWEST_POINTS || lastedMs < SHORTEST_WINDOW_MS) return [];
  const { beforeBytes, grownBytes } = floorGrowth(window);
  if (grownBytes < GROWN_BYTES || grownBytes < beforeBytes * GROWN_SHARE) return [];
  return [
    {
      severity: 'warning',
      sentence: `Heap grew ${formatBytes(grownBytes)} in ${formatDuration(lastedMs)}${culprit(growers)}`,
      evidence: { view: 'memory', 'memory.sort': 'growth' },
    },
  ];
}

/**
 * How much the lowest level rose from the first third of the window to the last. Garbage makes
 * the heap a saw blade; only the lowest points tell what is kept.
 * Example: 10 30 10 30 20 40 20 40 30 → 10 to 20: 10.
 */
function floorGrowth(window: readonly Point[]): { beforeBytes: number; grownBytes: number } {
  const third = Math.floor(window.length / 3);
  const floor = (part: readonly Point[]) => Math.min(...part.map((point) => point.alloc));
  const beforeBytes = floor(window.slice(0, third));
  return { beforeBytes, grownBytes: floor(window.slice(-third)) - beforeBytes };
}

function culprit(growers: readonly Grower[]): string {
  const [largest] = growers;
  if (largest === undefined || largest.grownBytes <= 0) return '';
  const together = growers.reduce((sum, grower) => sum + Math.max(0, grower.grownBytes), 0);
  return `, ${formatShare(largest.grownBytes / together)} of what grew is from ${placeName(largest.frame)}`;
}
