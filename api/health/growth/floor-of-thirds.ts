/** What has grown in the last third of the time at least, of all: what fills up grows ever less. */
const LATE_SHARE = 0.2;

/**
 * By how much the lowest level rose from the first third to the last, where it rose all the time.
 * Example: 1 3 | 5 7 | 9 11 → 1 to 9: 8; and 1 3 | 9 9 | 9 10 → null: it came to an end.
 */
export function floorOfThirds(levels: readonly number[]): number | null {
  return risingFloor(levels, LATE_SHARE)?.grown ?? null;
}

/** The same, with where it rose from. @param lateShare what has grown in the last third at least, of all */
export function risingFloor(
  levels: readonly number[],
  lateShare: number,
): { before: number; grown: number } | null {
  const third = Math.floor(levels.length / 3);
  if (third === 0) return null;
  const early = Math.min(...levels.slice(0, third));
  const middle = Math.min(...levels.slice(third, -third));
  const late = Math.min(...levels.slice(-third));
  const grown = late - early;
  if (grown <= 0 || middle <= early || late - middle < lateShare * grown) return null;
  return { before: early, grown };
}
