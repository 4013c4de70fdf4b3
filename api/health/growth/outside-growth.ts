/** Whether something outside the heap grows all the time: it rose early, rose late, and still does. */
import type { OutsideLevel } from '../evidence/outside.ts';
import { risingFloor } from './floor-of-thirds.ts';

export interface OutsideGrowth {
  before: number;
  grown: number;
  lastedMs: number;
  sinceMs: number;
}

const WINDOW_MS = 5 * 60_000;
/** Less tells a trend from warming up too poorly. */
const SHORTEST_WINDOW_MS = 55_000;
const FEWEST_LEVELS = 6;
/** What has grown in the second half at least, of all: a pool or a cache that is filling up grows ever less. */
const LATE_SHARE = 0.25;

/**
 * By the lowest level of each third of the last minutes.
 * Example: 10 12 | 20 22 | 30 32 → 10 to 30: 20; and 10 12 | 30 32 | 31 33 → no growth: it came to an end.
 * @returns null where nothing grows, `TOO_EARLY` where too little is known
 */
export function outsideGrowth(
  levels: readonly OutsideLevel[],
  read: (level: OutsideLevel) => number,
): OutsideGrowth | 'TOO_EARLY' | null {
  const latest = levels.at(-1);
  if (latest === undefined) return 'TOO_EARLY';
  const window = levels.filter(({ atMs }) => atMs >= latest.atMs - WINDOW_MS);
  const sinceMs = window[0]?.atMs ?? latest.atMs;
  const lastedMs = latest.atMs - sinceMs;
  if (window.length < FEWEST_LEVELS || lastedMs < SHORTEST_WINDOW_MS) return 'TOO_EARLY';
  const rise = risingFloor(window.map(read), LATE_SHARE);
  return rise === null ? null : { ...rise, lastedMs, sinceMs };
}
