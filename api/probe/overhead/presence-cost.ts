/**
 * What being there costs, whether or not anything is recorded: the calls of a hook, and the contexts of requests. Most
 * of it is outside our own code, where no clock sees it. Where the program is idle for most of the time, none of that
 * code is in the processor's caches when it is called, which makes it many times as slow.
 */

interface Cost {
  /** In a thread that is always busy. */
  hotMs: number;
  /** In one that does next to nothing. */
  coldMs: number;
}

/**
 * Of a call that does next to nothing. Measured on Node 26 as CPU time: 0.03 us for a promise and twice that for what is
 * done here, up to twice all that on a busy machine. Cold it is taken for four times that: beside the contexts, that
 * accounts for what a plain server of 500 requests a second cost.
 */
const CALL: Cost = { hotMs: 0.000_15, coldMs: 0.000_6 };
/**
 * Of the context of a request. Measured on Node 26 as CPU time: 1.3 us in a server that does nothing else, switched on
 * and off by turns of 50 ms; some 20 us in servers of 250 and 500 requests a second, with and without it side by side.
 */
const REQUEST: Cost = { hotMs: 0.001_3, coldMs: 0.02 };
/** How much of the share of a new stretch of time goes into the running mean. */
const SMOOTHING = 0.3;

/** Of a call within a burst, which is hot whatever was before. */
export const CALL_COST_MS = CALL.hotMs;

export interface PresenceCost {
  callMs(): number;
  requestMs(): number;
  /** The thread ran for so long of so long a time. */
  noteRun(ranMs: number, elapsedMs: number): void;
}

export function learnPresenceCost(): PresenceCost {
  let busyShare = 1;
  const between = ({ hotMs, coldMs }: Cost) => coldMs + busyShare * (hotMs - coldMs);
  return {
    callMs: () => between(CALL),
    requestMs: () => between(REQUEST),
    noteRun(ranMs, elapsedMs) {
      busyShare += SMOOTHING * (ranMs / elapsedMs - busyShare);
    },
  };
}
