/** Since when the processes that the program has begun do nothing, looked at only while it does nothing itself. */
import { MS_PER_SECOND } from '../../../base/numbers/units.ts';
import type { ChildrenEvidence } from '../../../health/evidence/outside.ts';
import type { Descendants } from './descendants.ts';

/** What a process uses that waits; a tick is 10 ms. */
const IDLE_TICKS = 4;
/** What pprofql in it uses for that; measured in the first half minute: one. */
const PPROFQL_TICKS_PER_SECOND = 2;
/** Whoever is looked at so seldom may have worked meanwhile. */
const LONGEST_DISTANCE_MS = 60_000;

export interface ChildWatch {
  look(nowMs: number): void;
  /** Null before the first look, and where nothing is known of them. */
  evidence(): ChildrenEvidence | null;
}

interface Look {
  descendants: Descendants;
  sinceMs: number;
}

export function createChildWatch(read: () => Descendants | null): ChildWatch {
  let base: Look | null = null;
  let lookedAtMs = Number.NEGATIVE_INFINITY;
  let known: ChildrenEvidence | null = null;

  return {
    look(nowMs) {
      const latest = read();
      const isLate = nowMs - lookedAtMs > LONGEST_DISTANCE_MS;
      lookedAtMs = nowMs;
      if (latest === null) base = null;
      else if (base === null || isLate || hasWorked(base, latest, nowMs)) {
        base = { descendants: latest, sinceMs: nowMs };
      }
      known =
        latest === null || base === null
          ? null
          : { idleSinceMs: base.sinceMs, areListening: latest.listen() };
    },
    evidence: () => known,
  };
}

function hasWorked({ descendants, sinceMs }: Look, after: Descendants, nowMs: number): boolean {
  const ofPprofql = (after.observed * PPROFQL_TICKS_PER_SECOND * (nowMs - sinceMs)) / MS_PER_SECOND;
  return after.key !== descendants.key || after.ticks - descendants.ticks > IDLE_TICKS + ofPprofql;
}
