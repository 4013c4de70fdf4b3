import type { Point } from '../live/series.ts';
import { formatBytes, formatDuration, formatShare } from '../shared/format.ts';
import { type Frame, placeName } from '../shared/frames.ts';
import type { Finding } from './finding.ts';
import { floorGrowth } from './floor-growth.ts';

/** A place that holds more than it did when the page opened. */
export interface Grower {
  frame: Frame;
  grownBytes: number;
}

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
  const usedBytes = latest?.oldSpaceUsed ?? latest?.alloc ?? null;
  if (usedBytes === null || heapLimitBytes === null) return [];
  // What is young still leaves the heap: only what is old can fill it up.
  const share = usedBytes / heapLimitBytes;
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
  const known = points.filter(({ alloc }) => alloc !== null);
  const growth = floorGrowth(known, (point) => point.alloc ?? 0);
  if (growth === null) return [];
  const { before: beforeBytes, grown: grownBytes, lastedMs } = growth;
  if (grownBytes < GROWN_BYTES || grownBytes < beforeBytes * GROWN_SHARE) return [];
  return [
    {
      severity: 'warning',
      sentence: `Heap grew ${formatBytes(grownBytes)} in ${formatDuration(lastedMs)}${culprit(growers)}`,
      evidence: { view: 'memory', 'memory.sort': 'growth' },
    },
  ];
}

function culprit(growers: readonly Grower[]): string {
  const [largest] = growers;
  if (largest === undefined || largest.grownBytes <= 0) return '';
  const together = growers.reduce((sum, grower) => sum + Math.max(0, grower.grownBytes), 0);
  return `, ${formatShare(largest.grownBytes / together)} of what grew is from ${placeName(largest.frame)}`;
}
