import type { PointEvidence } from '../evidence/evidence.ts';

export interface FloorGrowth {
  before: number;
  grown: number;
  /** Of that, from the middle third to the last. */
  grownLately: number;
  lastedMs: number;
}

const WINDOW_MS = 5 * 60_000;
/** Less tells a trend from warming up too poorly. */
const SHORTEST_WINDOW_MS = 2 * 60_000;
const FEWEST_POINTS = 9;

/**
 * How much the lowest level rose from the first third of the last minutes to the last. Garbage makes
 * the heap a saw blade; only the lowest points tell what is kept.
 * Example: 10 30 10 | 30 20 40 | 20 40 30 → 10 to 20: 10, of which nothing lately.
 * @returns null where too little is known
 */
export function floorGrowth(
  points: readonly PointEvidence[],
  read: (point: PointEvidence) => number,
): FloorGrowth | null {
  const latest = points.at(-1);
  if (latest === undefined) return null;
  const window = points.filter(({ timestampMs }) => timestampMs >= latest.timestampMs - WINDOW_MS);
  const lastedMs = latest.timestampMs - (window[0]?.timestampMs ?? latest.timestampMs);
  if (window.length < FEWEST_POINTS || lastedMs < SHORTEST_WINDOW_MS) return null;
  const third = Math.floor(window.length / 3);
  const floor = (part: readonly PointEvidence[]) => Math.min(...part.map(read));
  const before = floor(window.slice(0, third));
  const late = floor(window.slice(-third));
  const middle = floor(window.slice(third, -third));
  return { before, grown: late - before, grownLately: late - middle, lastedMs };
}
