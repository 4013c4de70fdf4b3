/** At which line the requests of a route wait for their turn at a pool, a lock or a limiter, by the looks of the last minute. */

import { poolWaits } from '../../../health/detectors/requests/pool-waits.ts';
import { rowWaits } from '../../../health/detectors/requests/row-waits.ts';
import type { RequestEvidence, TurnEvidence } from '../../../health/evidence/tasks.ts';
import { culpritOf } from '../../../health/words.ts';
import { lineKey } from '../../../profile/line-key.ts';

export interface TurnShares {
  note(requests: readonly RequestEvidence[], nowMs: number): void;
  /** Null where none has been seen waiting for a turn lately. */
  of(route: string, nowMs: number): TurnEvidence | null;
}

/** A queue is empty now and then. */
const LATELY_MS = 60_000;
/** Of each look, beside those before. */
const WEIGHT = 0.3;
/** One alone is no queue. */
const FEWEST_WAITERS = 2;
const MOST_ROUTES = 200;

export function createTurnShares(): TurnShares {
  const turns = new Map<string, TurnEvidence & { seenAtMs: number }>();

  function noteRoute(route: string, requests: readonly RequestEvidence[], nowMs: number): void {
    const known = turns.get(route);
    // Who goes one after the other stands at the line of the lock itself, by whatever name it is called.
    const rows = rowWaits(requests);
    const waits = rows.length > 0 ? rows : poolWaits(requests);
    const culprit = waits.length >= FEWEST_WAITERS ? waits[0]!.culprit : known?.culprit;
    if (culprit === undefined || (known === undefined && turns.size >= MOST_ROUTES)) return;
    const key = lineKey(culprit);
    const there = requests.filter(({ frames }) => lineKey(culpritOf(frames)) === key);
    const waiting = waits.filter((wait) => lineKey(wait.culprit) === key);
    if (there.length === 0) return;
    const share = Math.min(1, waiting.length / there.length);
    const isSame = known !== undefined && lineKey(known.culprit) === key;
    const seenAtMs = waiting.length > 0 ? nowMs : (known?.seenAtMs ?? nowMs);
    const { gate, frames } = waiting[0] ?? known!;
    const before = isSame ? known.share : share;
    turns.set(route, {
      gate,
      culprit,
      frames,
      share: before + WEIGHT * (share - before),
      seenAtMs,
    });
  }

  return {
    note(requests, nowMs) {
      // Where nobody has read what they wait for, it says nothing that they are seen at no gate.
      const seen = requests.filter(({ isUnanswered, stacks }) => isUnanswered && stacks.length > 0);
      for (const route of new Set(seen.map((request) => request.route))) {
        const ofRoute = seen.filter((request) => request.route === route);
        noteRoute(route, ofRoute, nowMs);
      }
    },
    of(route, nowMs) {
      const turn = turns.get(route);
      return turn === undefined || nowMs - turn.seenAtMs > LATELY_MS ? null : turn;
    },
  };
}
