/**
 * Which routes wait many times in a row. Who has been served for three seconds, and began what it
 * waits for 20 ms ago, has waited before: a wait that is met by chance is half over, so that it takes
 * 40 ms, and 75 of these fill the three seconds. Who was seen in a long wait before waits no longer for
 * having begun another one. A busy thread answers as soon as it is done, which is when the next wait begins: each is
 * taken to be older by as much as the answer was late.
 */
import { isOwn } from '../../../base/files/frame-origin.ts';
import type { RequestEvidence } from '../../../health/evidence/tasks.ts';
import { lineKey } from '../../../profile/line-key.ts';
import type { Frame } from '../../../profile/profile.ts';

export interface WaitRows {
  /** @param lateMs how long the thread let those wait who asked it @default 0 */
  note(requests: readonly RequestEvidence[], lateMs?: number): void;
  of(route: string): WaitRow;
}

export interface WaitRow {
  /** As last seen, rounded; null where no old request of the route was seen waiting. */
  waitsInARow: number | null;
  /** Where most of those that were seen lately go from one wait to the next. */
  rowFrames: readonly Frame[];
}

interface Place {
  frames: readonly Frame[];
  /** How often it was seen, the later times more. */
  weight: number;
}

interface Seen {
  times: number;
  longestMs: number;
}

/** Younger ones may be at their first wait. */
const OLD_MS = 1_000;
/** Looks that count, the later ones more. */
const WEIGHT = 0.3;
const LEAST_WEIGHT = 0.01;
const MOST_ROUTES = 200;

export function createWaitRows(): WaitRows {
  const rows = new Map<string, { inARow: number; places: Map<string, Place> }>();
  /** Of the requests of the last look. */
  let seen: ReadonlyMap<number, Seen> = new Map();

  return {
    note(requests, lateMs = 0) {
      const now = new Map<number, Seen>();
      for (const { id, route, ageMs, waitMs, frames, rowFrames, isUnanswered } of requests) {
        if (!isUnanswered || waitMs === null || frames.length === 0) continue;
        const before = seen.get(id) ?? { times: 0, longestMs: 1 };
        const { times, longestMs } = {
          times: before.times + 1,
          longestMs: Math.max(before.longestMs, waitMs + lateMs),
        };
        now.set(id, { times, longestMs });
        if (ageMs < OLD_MS) continue;
        // The longest of several that are met by chance is the nearer to its end.
        const inARow = ageMs / (longestMs * (1 + 1 / times));
        const known = rows.get(route);
        if (known === undefined && rows.size >= MOST_ROUTES) continue;
        const places = known?.places ?? new Map<string, Place>();
        notePlace(places, rowFrames);
        rows.set(route, {
          inARow: known === undefined ? inARow : known.inARow + WEIGHT * (inARow - known.inARow),
          places,
        });
      }
      seen = now;
    },
    of(route) {
      const row = rows.get(route);
      return row === undefined
        ? { waitsInARow: null, rowFrames: [] }
        : { waitsInARow: Math.round(row.inARow), rowFrames: mostSeen(row.places) };
    },
  };
}

/** A function that was called only just now is young beside the request only once that is old enough. */
function notePlace(places: Map<string, Place>, frames: readonly Frame[]): void {
  for (const [key, place] of places) {
    place.weight *= 1 - WEIGHT;
    if (place.weight < LEAST_WEIGHT) places.delete(key);
  }
  const key = lineKey(frames.find(isOwn) ?? frames[0]);
  const known = places.get(key);
  places.set(key, { frames, weight: (known?.weight ?? 0) + WEIGHT });
}

function mostSeen(places: ReadonlyMap<string, Place>): readonly Frame[] {
  const [most] = [...places.values()].sort((a, b) => b.weight - a.weight);
  return most?.frames ?? [];
}
