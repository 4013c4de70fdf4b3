/** When the observed loop stood still for a read of pprofql. */
export interface OwnPause {
  endedAtMs: number;
  pauseMs: number;
}

/** Of a reading that stopped the loop until it was there. */
export function ownPause({
  collectedAtMs,
  pauseMs,
}: {
  collectedAtMs: number;
  pauseMs: number;
}): OwnPause {
  return { endedAtMs: collectedAtMs, pauseMs };
}
