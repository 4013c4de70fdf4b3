/** Which routes have requests that wait for an event, as those of a long poll do. */
import { poolWaits } from '../../../health/detectors/requests/pool-waits.ts';
import type { RequestEvidence } from '../../../health/evidence/tasks.ts';

export interface EventWaits {
  note(requests: readonly RequestEvidence[]): void;
  /** Of the old requests of a route whose wait was seen, 0 to 1, the later looks more; null where none was. */
  shareOf(route: string): number | null;
}

/** Younger ones may be at something else first. */
const OLD_MS = 1_000;
const WEIGHT = 0.3;
const MOST_ROUTES = 200;

export function createEventWaits(): EventWaits {
  const shares = new Map<string, number>();

  return {
    note(requests) {
      const looks = new Map<string, { old: number; waiting: number }>();
      // Pools limit the time as well for which one waits there, and nobody means to.
      const atPools = new Set(poolWaits(requests).map(({ request }) => request));
      for (const request of requests) {
        const { route, ageMs, frames, isUnanswered, waitsForEvent } = request;
        if (!isUnanswered || ageMs < OLD_MS || frames.length === 0) continue;
        const look = looks.get(route) ?? { old: 0, waiting: 0 };
        look.old += 1;
        if (waitsForEvent && !atPools.has(request)) look.waiting += 1;
        looks.set(route, look);
      }
      for (const [route, { old, waiting }] of looks) {
        const known = shares.get(route);
        if (known === undefined && shares.size >= MOST_ROUTES) continue;
        const share = waiting / old;
        shares.set(route, share + (1 - WEIGHT) * ((known ?? share) - share));
      }
    },
    shareOf: (route) => shares.get(route) ?? null,
  };
}
