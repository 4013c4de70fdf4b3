/** When something is suspected of being kept, by the points of the history alone. */
import type { PointEvidence } from '../../../health/evidence/evidence.ts';
import { floorOfThirds } from '../../../health/growth/floor-of-thirds.ts';

/** Loading its modules fills the heap of every program. */
export const WARM_UP_MS = 8_000;
/** Two points so far apart tell what is steep; more time tells what is not. */
const SHORTEST_MS = 8_000;
const SHORT_MS = 18_000;
const STEEP_BYTES = 4e6;
const RISEN_BYTES = 1e6;
/** Both the last minute, and all of the time that is known. */
const RECENT_MS = 60_000;

/** Tasks that nobody ends are as often promises that somebody keeps. */
const MORE_TASKS = 150;

/**
 * What has risen: the floor of the old space, or that of the tasks; null for neither. What is young comes and goes,
 * so the old space is looked at alone, where a target tells it.
 * @param sinceMs points before are not looked at
 * @param factor how many times as much as usual it must have risen
 */
export function risenSince(
  points: readonly PointEvidence[],
  { sinceMs = 0, factor = 1 }: { sinceMs?: number; factor?: number } = {},
): 'HEAP' | 'TASKS' | null {
  const startedAtMs = points[0]?.timestampMs ?? 0;
  const told = points.filter(
    ({ timestampMs, isResponding }) =>
      isResponding && timestampMs >= sinceMs && timestampMs >= startedAtMs + WARM_UP_MS,
  );
  const endMs = told.at(-1)?.timestampMs ?? 0;
  const recent = told.filter(({ timestampMs }) => timestampMs >= endMs - RECENT_MS);
  const windows = [recent, told].filter((window) => lastedMs(window) >= SHORTEST_MS);
  // Tasks first: one collection does not acquit them.
  if (windows.some((window) => haveTasksRisen(window, factor))) return 'TASKS';
  return windows.some((window) => hasHeapRisen(window, factor)) ? 'HEAP' : null;
}

function hasHeapRisen(points: readonly PointEvidence[], factor: number): boolean {
  const levels = points.map(({ oldSpaceUsed, alloc }) => oldSpaceUsed ?? alloc ?? 0);
  if (floorRise(levels) >= factor * STEEP_BYTES) return true;
  // A heap that has filled as requests began to come is not looked at: each look costs a collection.
  return lastedMs(points) >= SHORT_MS && (floorOfThirds(levels) ?? 0) >= factor * RISEN_BYTES;
}

const haveTasksRisen = (points: readonly PointEvidence[], factor: number): boolean =>
  floorRise(points.map(({ goroutines }) => goroutines ?? 0)) >= factor * MORE_TASKS;

const lastedMs = (points: readonly PointEvidence[]): number =>
  (points.at(-1)?.timestampMs ?? 0) - (points[0]?.timestampMs ?? 0);

/** Example: 10 30 20 40 → 10. */
function floorRise(levels: readonly number[]): number {
  const half = Math.floor(levels.length / 2);
  return Math.min(...levels.slice(half)) - Math.min(...levels.slice(0, half));
}
