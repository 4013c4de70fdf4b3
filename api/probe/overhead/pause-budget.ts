/** Keeps pauses below a share of wall time: after each one, says how long to leave the host alone. */

export interface PauseBudget {
  /** True when another pause may begin. */
  allows(): boolean;
  /** How long none may begin yet; 0 when one may. */
  restMs(): number;
  /** Books a pause that has just ended. */
  spend(pauseMs: number): void;
}

/** How long nothing may pause after a pause: 490 ms after 10 ms under 2 percent. */
export function restAfterMs(pauseMs: number, percent: number): number {
  return pauseMs * (100 / percent - 1);
}

/**
 * The first pause is free.
 * @param nowMs a monotonic clock
 */
export function createPauseBudget(percent: number, nowMs: () => number): PauseBudget {
  let restUntilMs = Number.NEGATIVE_INFINITY;
  return {
    allows: () => nowMs() >= restUntilMs,
    restMs: () => Math.max(0, restUntilMs - nowMs()),
    spend(pauseMs) {
      restUntilMs = nowMs() + restAfterMs(pauseMs, percent);
    },
  };
}
