/**
 * In which list the callbacks stand that requests wait for: looked for where requests hang of which nothing pending is
 * known, and ever more seldom while they do.
 */
import { singleFlight } from '../../../base/waiting/single-flight.ts';
import { areSeenWaiting, hungRequests } from '../../../health/detectors/requests/hung.ts';
import type { Evidence } from '../../../health/evidence/evidence.ts';
import type { HeldEvidence } from '../../../health/evidence/tasks.ts';
import type { HeldCallbacksReading } from '../../../probe/readings/held.ts';

export interface HeldCallbacksOptions {
  read: () => Promise<HeldCallbacksReading>;
  nowMs?: () => number;
}

export interface HeldCallbacks {
  evidence(): HeldEvidence | null;
  /** Never rejects. */
  suspect(known: Omit<Evidence, 'nowMs'>): Promise<void>;
}

/** Of fewer there may be no list. */
const FEWEST_HUNG = 3;
/** Where a pause of something else has spent the budget, or the thread did not answer. */
const REFUSED_DISTANCE_MS = 3_000;
const FIRST_DISTANCE_MS = 30_000;
const LONGEST_DISTANCE_MS = 10 * 60_000;

export function createHeldCallbacks({
  read,
  nowMs = Date.now,
}: HeldCallbacksOptions): HeldCallbacks {
  let held: HeldEvidence | null = null;
  let nextAtMs = Number.NEGATIVE_INFINITY;
  let distanceMs = FIRST_DISTANCE_MS;

  function begin(): void {
    held = null;
    nextAtMs = Number.NEGATIVE_INFINITY;
    distanceMs = FIRST_DISTANCE_MS;
  }

  const look = singleFlight(async () => {
    nextAtMs = nowMs() + REFUSED_DISTANCE_MS;
    // What was found stays where the pause budget does not allow another look.
    const reading = await read().catch(() => null);
    if (reading === null) return;
    held = evidenceOf(reading);
    nextAtMs = nowMs() + distanceMs;
    distanceMs = Math.min(2 * distanceMs, LONGEST_DISTANCE_MS);
  });

  return {
    evidence: () => held,
    async suspect(known) {
      const hung = hungRequests({ ...known, nowMs: nowMs() });
      if (hung.length < FEWEST_HUNG || areSeenWaiting(hung)) begin();
      else if (nowMs() >= nextAtMs) await look();
    },
  };
}

function evidenceOf({ held, stacks }: HeldCallbacksReading): HeldEvidence | null {
  const keeper = held === null ? undefined : stacks[held.keeper]?.[0];
  if (held === null || keeper === undefined) return null;
  const { count, name, isOfClass, waiter, worker } = held;
  return {
    count,
    name,
    keeper,
    isOfClass,
    frames: stacks[waiter] ?? [],
    worker: stacks[worker]?.[0] ?? null,
  };
}
