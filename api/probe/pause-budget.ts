/** Keeps pauses below a share of wall time: after each one, says how long to leave the host alone. */

export interface PauseBudget {
  /** True when another pause may begin. */
  allows(): boolean;
  /** Books a pause that has just ended. */
  spend(pauseMs: number): void;
}

/**
 * A pause of `p` ms under a budget of `b` percent is followed by a rest of `p * (100 / b - 1)` ms:
 * 10 ms under 2 % rest 490 ms. The first pause is free.
 * @param nowMs a monotonic clock
 */
export function createPauseBudget(percent: number, nowMs: () => number): PauseBudget {
  let restUntilMs = Number.NEGATIVE_INFINITY;
  return {
    allows: () => nowMs() >= restUntilMs,
    spend(pauseMs) {
      restUntilMs = nowMs() + pauseMs * (100 / percent - 1);
    },
  };
}
