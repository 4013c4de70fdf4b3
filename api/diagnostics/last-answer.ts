/** A reading of the observed thread that falls back to the last one when the thread is silent. */

import { DiagnosticsError } from '../errors.ts';
import { withDeadline } from '../link/deadline.ts';
import { singleFlight } from './single-flight.ts';
import type { Observation, Via } from './types.ts';

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
}

/**
 * Callers at the same time share one read. While a read is overdue nobody waits for it again: its
 * late answer becomes the last known one.
 * @throws DiagnosticsError `PROCESS_NOT_RESPONDING` when the thread is silent and never answered before.
 */
export function lastAnswer<T>(options: LastAnswerOptions<T>): () => Promise<Answered<T>> {
  let last: T | null = null;
  let overdueSinceMs: number | null = null;

  const read = singleFlight(async () => {
    try {
      last = await options.read();
      return last;
    } finally {
      overdueSinceMs = null;
    }
  });
  const answered = (value: T, via: Via): Answered<T> => ({
    value,
    observation: { via, measuredAtMs: options.takenAtMs(value) },
  });
  const giveLastKnown = () => {
    overdueSinceMs ??= Date.now();
    if (last !== null) return answered(last, 'LAST_KNOWN');
    throw new DiagnosticsError(
      'PROCESS_NOT_RESPONDING',
      `the observed thread has not answered for ${options.deadlineMs} ms and gave no figures before; it is busy or blocked, ask again later`,
    );
  };

  return () => {
    const fresh = read().then((value) => answered(value, options.via));
    const deadlineMs = overdueSinceMs === null ? options.deadlineMs : 0;
    return withDeadline(fresh, deadlineMs, giveLastKnown);
  };
}
