/** How long work on the whole heap, such as an enumeration, would stop the program, and whether that may be. */

import { DiagnosticsError } from '../../../base/errors.ts';
import { math } from '../../../base/numbers/math.ts';
import { type PauseBudget, restAfterMs } from './pause-budget.ts';

export interface HeapWalk {
  /** Told beforehand: by the size of the heap, and by the last walk where there was one. */
  estimatedPauseMs(): number;
  /**
   * Does the work, which stops the program, and books how long it took.
   * @throws DiagnosticsError `PAUSE_BUDGET_SPENT` where the budget does not allow it
   */
  run<T>(walk: () => T): { found: T; pauseMs: number };
  /**
   * The same of what the thread does as a task of its own: the loop may turn before and after it.
   * @param walk settles with how long it has stopped the program, where it knows better than the clock
   */
  runSoon(walk: () => Promise<number | null>): Promise<{ pauseMs: number }>;
}

export interface HeapWalkOptions {
  budget: PauseBudget;
  pauseBudgetPercent: number;
  heapUsedBytes: () => number;
  /** How long it is guessed to take before the first one. @default an enumeration of all objects */
  guessMs?: (heapUsedBytes: number) => number;
  /** Told of each pause that has just ended: the program has no part in it. */
  onPause?: (pauseMs: number) => void;
}

/** Measured: some 50 ms, and 0.4 µs an object, of which one has some 50 bytes. */
const BASE_MS = 50;
const MS_PER_BYTE = 0.0004 / 50;

/** No longer pause than the budget gives in so long: after one, nothing could be read for as long. */
const LONGEST_REST_MS = 10 * 60_000;

const enumerationMs = (bytes: number) => BASE_MS + MS_PER_BYTE * bytes;

export function createHeapWalk(options: HeapWalkOptions): HeapWalk {
  const { budget, pauseBudgetPercent, heapUsedBytes, onPause } = options;
  const { guessMs = enumerationMs } = options;
  /** How many times as long as guessed the last one took. */
  let correction = 1;

  const estimatedPauseMs = () => correction * guessMs(heapUsedBytes());

  function refuseBeyondBudget(): void {
    const pauseMs = estimatedPauseMs();
    const about = `it would stop the program for about ${math.ceil(pauseMs)} ms`;
    // One that took long on a busy machine must not be the last for ever.
    const leastMs = math.min(pauseMs, guessMs(heapUsedBytes()));
    if (restAfterMs(leastMs, pauseBudgetPercent) > LONGEST_REST_MS) {
      throw new DiagnosticsError(
        'PAUSE_BUDGET_SPENT',
        `an exact read is more than the pause budget allows: ${about}; raise pauseBudgetPercent`,
        { estimatedPauseMs: pauseMs },
      );
    }
    const retryAfterMs = budget.restMs();
    if (retryAfterMs <= 0) return;
    throw new DiagnosticsError(
      'PAUSE_BUDGET_SPENT',
      `an exact read would go beyond the pause budget (pauseBudgetPercent) for another ${math.ceil(retryAfterMs)} ms: ${about}; ask again then`,
      { estimatedPauseMs: pauseMs, retryAfterMs },
    );
  }

  /** @returns what ends it: one that failed tells nothing of the next */
  function begin(): (ended?: { hasFailed?: boolean; knownMs?: number | null }) => {
    pauseMs: number;
  } {
    refuseBeyondBudget();
    const guessedMs = guessMs(heapUsedBytes());
    const endPause = budget.begin();
    return ({ hasFailed = false, knownMs = null } = {}) => {
      const { pauseMs } = endPause(knownMs);
      onPause?.(pauseMs);
      if (!hasFailed) correction = pauseMs / guessedMs;
      return { pauseMs };
    };
  }

  return {
    estimatedPauseMs,
    run(walk) {
      const end = begin();
      try {
        const found = walk();
        return { found, ...end() };
      } catch (error) {
        end({ hasFailed: true });
        throw error;
      }
    },
    async runSoon(walk) {
      const end = begin();
      try {
        return end({ knownMs: await walk() });
      } catch (error) {
        end({ hasFailed: true });
        throw error;
      }
    },
  };
}
