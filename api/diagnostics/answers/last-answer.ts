/** A reading of the observed thread that falls back to the last one when the thread is silent. */

import { type Hurry, withDeadline } from '../../base/waiting/deadline.ts';
import { singleFlight } from '../../base/waiting/single-flight.ts';
import type { Via } from '../../link/via.ts';
import type { Observation } from './observation.ts';
import { FIRST_ANSWER_PATIENCE_MS } from './patience.ts';
import { silentThread } from './silent-thread.ts';

export interface Answered<T> {
  value: T;
  observation: Observation;
}

export interface LastAnswerOptions<T> {
  read: () => Promise<T>;
  /** How a fresh answer counts as obtained. */
  via: Via;
  takenAtMs: (value: T) => number;
  /** How long to wait for the observed thread before the last known answer is given. */
  deadlineMs: number;
  /** True while the observed thread is known not to answer: then nobody waits. @default never */
  isBlocked?: () => boolean;
  /** Tells when it has become so. @default never */
  onBlocked?: Hurry;
  /** Tells when it is over: from then on the thread is waited for again. @default never */
  onFree?: Hurry;
  /** Gets the value although the thread is blocked; null where that cannot be done now, or gives nothing. @default never */
  readBlocked?: () => Promise<T | null> | null;
  /** True while a read of our own holds the thread, after which it will be free again. @default never */
  isInOwnRead?: () => boolean;
  /** True while a read of our own is under way: where the loop turned as it was asked, that read holds it. @default never */
  isReading?: () => boolean;
  /** The value as somebody else last got it, for a thread that never answered here. @default null */
  lastKnown?: () => T | null;
}

/** A heap of gigabytes is collected for seconds on a crowded machine, and written for longer. */
const OWN_READ_PATIENCE_MS = 30_000;

/**
 * Callers at the same time share one read. While a read is overdue nobody waits for it again: its
 * late answer becomes the last known one. The first answer is waited for longer: there is no other.
 * @throws DiagnosticsError `PROCESS_NOT_RESPONDING` when the thread is silent and never answered before.
 */
export function lastAnswer<T>(options: LastAnswerOptions<T>): () => Promise<Answered<T>> {
  let last: T | null = null;
  let isOverdue = false;
  let begunAtMs = 0;
  let begunWhileTurning = true;

  const read = singleFlight(async () => {
    begunAtMs = performance.now();
    begunWhileTurning = !options.isBlocked?.();
    try {
      last = await options.read();
      return last;
    } finally {
      isOverdue = false;
    }
  });
  // What it is still asked for will be answered now: older figures are no answer any more.
  options.onFree?.(() => {
    isOverdue = false;
  });

  const answered = (value: T, via: Via): Answered<T> => ({
    value,
    observation: { via, measuredAtMs: options.takenAtMs(value) },
  });
  const readBlocked = singleFlight(async () => (await options.readBlocked?.()) ?? null);
  /** Of the patience with the read under way. */
  const restMs = (patienceMs: number) => Math.max(0, begunAtMs + patienceMs - performance.now());
  const giveNothing = (): never => {
    throw silentThread(' and gave no figures before');
  };
  const giveWithoutTheLoop = async (fresh: Promise<Answered<T>>): Promise<Answered<T>> => {
    isOverdue = true;
    const value = await readBlocked().catch(() => null);
    if (value !== null) {
      last = value;
      return answered(value, 'INSPECTOR');
    }
    last ??= options.lastKnown?.() ?? null;
    if (last !== null) return answered(last, 'LAST_KNOWN');
    return withDeadline(fresh, restMs(FIRST_ANSWER_PATIENCE_MS), () =>
      options.isInOwnRead?.() || (begunWhileTurning && options.isReading?.())
        ? withDeadline(fresh, restMs(OWN_READ_PATIENCE_MS), giveNothing)
        : giveNothing(),
    );
  };

  return () => {
    const fresh = read().then((value) => answered(value, options.via));
    const isSilent = isOverdue || options.isBlocked?.();
    const deadlineMs = isSilent ? 0 : options.deadlineMs;
    return withDeadline(fresh, deadlineMs, () => giveWithoutTheLoop(fresh), options.onBlocked);
  };
}
