/**
 * What pprofql costs beyond what it times: its timers, what Node spends on calling hooks, V8's sampler of the heap, and code and
 * caches that the program has for itself without it. Found by five servers at fixed rates and as fast as they answer, on two cores, with
 * pprofql and without, side by side (docs/costs.md).
 */
import { math } from '../../base/numbers/math.ts';
import { MS_PER_SECOND } from '../../base/numbers/units.ts';

/** A second, of a program that nobody asks. */
const PRESENCE_MS = 1.7;
/** For each request, while they are few enough that each finds the caches cold. */
const REQUEST_MS = 0.02;
/** A second: from some 200 requests on it is no more. */
const MOST_OF_REQUESTS_MS = 4.3;
/** Of what the program itself uses. */
const SHARE_OF_PROGRAM = 0.03;

export interface UntimedSpan {
  elapsedMs: number;
  /** That have begun in it. */
  requests: number;
  /** CPU time of the observed thread in it. */
  ranMs: number;
}

/** Milliseconds of CPU time of the observed thread. */
export function untimedCostMs({ elapsedMs, requests, ranMs }: UntimedSpan): number {
  const seconds = elapsedMs / MS_PER_SECOND;
  const ofRequestsMs = math.min(REQUEST_MS * requests, MOST_OF_REQUESTS_MS * seconds);
  return PRESENCE_MS * seconds + ofRequestsMs + SHARE_OF_PROGRAM * ranMs;
}
