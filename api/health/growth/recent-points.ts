import type { Evidence, PointEvidence } from '../evidence/evidence.ts';
import { TOO_EARLY } from '../finding.ts';

/** One slow interval is routine; most of half a minute is a state. */
const RECENT_MS = 30_000;
export const FEWEST_POINTS = 3;

export interface RecentPoints {
  points: readonly PointEvidence[];
  /** Those at which the thread answered. */
  answered: readonly PointEvidence[];
  lastedMs: number;
}

/** The points of the last half minute. */
export function recentPoints({
  points,
  kind,
}: Pick<Evidence, 'points' | 'kind'>): RecentPoints | typeof TOO_EARLY | null {
  // Files do not go on.
  if (kind === 'FILE') return null;
  const endMs = points.at(-1)?.timestampMs ?? 0;
  const recent = points.filter(({ timestampMs }) => timestampMs >= endMs - RECENT_MS);
  const lastedMs = endMs - (recent[0]?.timestampMs ?? endMs);
  if (recent.length < FEWEST_POINTS || lastedMs < RECENT_MS / 2) return TOO_EARLY;
  return { points: recent, answered: recent.filter(({ isResponding }) => isResponding), lastedMs };
}
