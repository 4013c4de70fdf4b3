/**
 * Which routes wait many times in a row. Who has been served for three seconds, and began what it
 * waits for 20 ms ago, has waited before: a wait that is met by chance is half over, so that it takes
 * 40 ms, and 75 of these fill the three seconds.
 */
import type { RequestEvidence } from '../../../health/evidence/tasks.ts';

export interface WaitRows {
  note(requests: readonly RequestEvidence[]): void;
  /** As last seen, rounded; null where no old request of the route was seen waiting. */
  of(route: string): number | null;
}

/** Younger ones may be at their first wait. */
const OLD_MS = 1_000;
/** Looks that count, the later ones more. */
const WEIGHT = 0.3;
const MOST_ROUTES = 200;

export function createWaitRows(): WaitRows {
  const rows = new Map<string, number>();
  return {
    note(requests) {
      for (const { route, ageMs, waitMs, frames, isUnanswered } of requests) {
        if (!isUnanswered || ageMs < OLD_MS || waitMs === null || frames.length === 0) continue;
        const inARow = ageMs / (2 * Math.max(1, waitMs));
        const known = rows.get(route);
        if (known === undefined && rows.size >= MOST_ROUTES) continue;
        rows.set(route, known === undefined ? inARow : known + WEIGHT * (inARow - known));
      }
    },
    of(route) {
      const inARow = rows.get(route);
      return inARow === undefined ? null : Math.round(inARow);
    },
  };
}
