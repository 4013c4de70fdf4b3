/** Since when the processes that the program has begun do nothing, looked at only while it does nothing itself. */
import type { ChildrenEvidence } from '../../../health/evidence/outside.ts';
import type { Descendants } from './descendants.ts';

/** What a process uses that waits; a tick is 10 ms. */
const IDLE_TICKS = 4;
/** Whoever is looked at so seldom may have worked meanwhile. */
const LONGEST_DISTANCE_MS = 60_000;

export interface ChildWatch {
  look(nowMs: number): void;
  /** Null before the first look, and where nothing is known of them. */
  evidence(): ChildrenEvidence | null;
}

export function createChildWatch(read: () => Descendants | null): ChildWatch {
  let base: { descendants: Descendants; sinceMs: number } | null = null;
  let lookedAtMs = Number.NEGATIVE_INFINITY;
  let known: ChildrenEvidence | null = null;

  return {
    look(nowMs) {
      const latest = read();
      const isLate = nowMs - lookedAtMs > LONGEST_DISTANCE_MS;
      lookedAtMs = nowMs;
      if (latest === null) base = null;
      else if (base === null || isLate || hasWorked(base.descendants, latest)) {
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

function hasWorked(before: Descendants, after: Descendants): boolean {
  return after.key !== before.key || after.ticks - before.ticks > IDLE_TICKS;
}
