/**
 * Which routes wait many times in a row. Who has been served for three seconds, and began what it
 * waits for 20 ms ago, has waited before: a wait that is met by chance is half over, so that it takes
 * 40 ms, and 75 of these fill the three seconds. Who was seen in a long wait before waits no longer for
 * having begun another one.
 */
import type { RequestEvidence } from '../../../health/evidence/tasks.ts';
import type { Frame } from '../../../profile/profile.ts';

export interface WaitRows {
  note(requests: readonly RequestEvidence[]): void;
  of(route: string): WaitRow;
}

export interface WaitRow {
  /** As last seen, rounded; null where no old request of the route was seen waiting. */
  waitsInARow: number | null;
  /** Where the one that was seen last goes from one wait to the next. */
  rowFrames: readonly Frame[];
  waitsForEventShare: number | null;
}

interface Seen {
  times: number;
  longestMs: number;
}

/** Younger ones may be at their first wait. */
const OLD_MS = 1_000;
/** Looks that count, the later ones more. */
const WEIGHT = 0.3;
const MOST_ROUTES = 200;

export function createWaitRows(): WaitRows {
  const rows = new Map<
    string,
    { inARow: number; frames: readonly Frame[]; eventShare: number | null }
  >();
  /** Of the requests of the last look. */
  let seen: ReadonlyMap<number, Seen> = new Map();

  return {
    note(requests) {
      const now = new Map<number, Seen>();
      const events = new Map<string, { old: number; ofEvents: number }>();
      for (const { id, route, ageMs, waitMs, frames, ...request } of requests) {
        if (!request.isUnanswered || waitMs === null || frames.length === 0) continue;
        const before = seen.get(id) ?? { times: 0, longestMs: 1 };
        const { times, longestMs } = {
          times: before.times + 1,
          longestMs: Math.max(before.longestMs, waitMs),
        };
        now.set(id, { times, longestMs });
        if (ageMs < OLD_MS) continue;
        // The longest of several that are met by chance is the nearer to its end.
        const inARow = ageMs / (longestMs * (1 + 1 / times));
        const known = rows.get(route);
        if (known === undefined && rows.size >= MOST_ROUTES) continue;
        const seenEvents = events.get(route) ?? { old: 0, ofEvents: 0 };
        seenEvents.old += 1;
        if (request.waitsForEvent) seenEvents.ofEvents += 1;
        events.set(route, seenEvents);
        rows.set(route, {
          inARow: inARow + (1 - WEIGHT) * ((known?.inARow ?? inARow) - inARow),
          frames: request.rowFrames,
          eventShare: known?.eventShare ?? null,
        });
      }
      for (const [route, { old, ofEvents }] of events) {
        const row = rows.get(route)!;
        const share = ofEvents / old;
        row.eventShare = share + (1 - WEIGHT) * ((row.eventShare ?? share) - share);
      }
      seen = now;
    },
    of(route) {
      const row = rows.get(route);
      return row === undefined
        ? { waitsInARow: null, rowFrames: [], waitsForEventShare: null }
        : {
            waitsInARow: Math.round(row.inARow),
            rowFrames: row.frames,
            waitsForEventShare: row.eventShare,
          };
    },
  };
}
