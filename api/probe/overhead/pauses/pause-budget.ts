/** Keeps pauses below a share of wall time: after each one, says how long to leave the host alone. */
import { math } from '../../../base/numbers/math.ts';
import { readThisThread, starvedMsOf, type ThreadTime } from '../../../base/thread-time.ts';

export interface PauseBudget {
  /** True when another pause may begin. */
  allows(): boolean;
  /** How long none may begin yet; 0 when one may. */
  restMs(): number;
  /**
   * To be called as a pause begins. @returns what ends it, and books it: so many milliseconds where it is known that
   * the program ran on for some of the time, null for all of it.
   */
  begin(): (knownMs?: number | null) => Pause;
}

/** One that has just ended. */
export interface Pause {
  pauseMs: number;
  /** What is booked: without the time in which the machine ran something else instead of this thread. */
  bookedMs: number;
}

/** How long nothing may pause after a pause: 490 ms after 10 ms under 2 percent. */
export function restAfterMs(pauseMs: number, percent: number): number {
  return pauseMs * (100 / percent - 1);
}

/**
 * The first pause is free.
 * @param nowMs a monotonic clock
 * @param readThread what the calling thread was given
 */
export function createPauseBudget(
  percent: number,
  nowMs: () => number,
  readThread: () => ThreadTime | null = readThisThread,
): PauseBudget {
  let restUntilMs = Number.NEGATIVE_INFINITY;
  return {
    allows: () => nowMs() >= restUntilMs,
    restMs: () => math.max(0, restUntilMs - nowMs()),
    begin() {
      const beganMs = nowMs();
      const before = readThread();
      return (knownMs = null) => {
        const endedMs = nowMs();
        const lastedMs = endedMs - beganMs;
        const pauseMs = math.min(lastedMs, knownMs ?? lastedMs);
        const starvedMs = starvedMsOf(lastedMs, before, readThread());
        const bookedMs = math.min(pauseMs, math.max(0, lastedMs - starvedMs));
        restUntilMs = endedMs + restAfterMs(bookedMs, percent);
        return { pauseMs, bookedMs };
      };
    },
  };
}
