/** Waits for a pause of the program that the pause budget does not allow yet. */
import { setTimeout as sleep } from 'node:timers/promises';
import { DiagnosticsError } from '../../base/errors.ts';

export interface RestOptions {
  /** For so long in all. */
  patienceMs: number;
  /** A longer rest is not waited for. @default patienceMs */
  longestRestMs?: number;
}

/** A read of the heap just before may have spent the pause budget for a moment. */
export async function afterRest<T>(
  pause: () => Promise<T>,
  { patienceMs, longestRestMs = patienceMs }: RestOptions,
): Promise<T> {
  const latestMs = Date.now() + patienceMs;
  for (;;) {
    try {
      return await pause();
    } catch (error) {
      const { retryAfterMs = Number.POSITIVE_INFINITY } = error as Partial<DiagnosticsError>;
      const isSpent = error instanceof DiagnosticsError && error.code === 'PAUSE_BUDGET_SPENT';
      const isTooLong = retryAfterMs > longestRestMs || Date.now() + retryAfterMs > latestMs;
      if (!isSpent || isTooLong) throw error;
      // Nobody's process stays alive for this.
      await sleep(retryAfterMs + 1, undefined, { ref: false });
    }
  }
}
