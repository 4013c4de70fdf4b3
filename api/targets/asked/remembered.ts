/**
 * What a target has answered last, for while it does not answer. One that is silent is waited for once;
 * then it is asked behind the back of whoever wants to know, who is told what is known at once.
 */
import { DiagnosticsError } from '../../base/errors.ts';
import { durationText } from '../../base/text/duration.ts';
import { withDeadline } from '../../base/waiting/deadline.ts';
import type { Answering } from './answering.ts';

export interface RememberedOptions<T> {
  name: string;
  /** What is asked for, as in `did not answer with its goroutines within 5 s`. */
  what: string;
  answering: Answering;
  ask: () => Promise<T>;
  /** How long somebody waits for it. */
  patienceMs: () => number;
}

export interface Remembered<T> {
  /** @throws what the target does, and `TARGET_FAILED` where it is silent for too long */
  fresh(): Promise<T>;
  /** Null before the first. */
  last(): T | null;
}

/** A failure that takes this share of the time in which somebody waits for it is silence. */
const SILENT_SHARE = 0.8;
/** Time for one that answers again to say so. */
const SILENT_PATIENCE_MS = 250;

export function createRemembered<T>({
  name,
  what,
  answering,
  ask,
  patienceMs,
}: RememberedOptions<T>): Remembered<T> {
  let last: T | null = null;
  let running: { answer: Promise<T>; isOverdue: boolean } | null = null;
  /** When the first question was asked that it has been silent to since then; null while it answers. */
  let silentSinceMs: number | null = null;

  function begin() {
    const sinceMs = Date.now();
    const begun = { answer: answering.track(ask()), isOverdue: false };
    running = begun;
    begun.answer
      .then((value) => {
        last = value;
        silentSinceMs = null;
      })
      .catch(() => {
        // What is refused at once is no silence; who asks may give up a little sooner than who waits.
        const isSilent = Date.now() - sinceMs >= patienceMs() * SILENT_SHARE;
        silentSinceMs = isSilent ? (silentSinceMs ?? sinceMs) : null;
      })
      .finally(() => {
        running = null;
      });
    return begun;
  }

  function silent(sinceMs: number): DiagnosticsError {
    silentSinceMs ??= sinceMs;
    const error = new DiagnosticsError(
      'TARGET_FAILED',
      `target ${name} has not answered with its ${what} for ${durationText(Date.now() - silentSinceMs)}; it is still being asked`,
    );
    answering.noteSilence(silentSinceMs, error);
    return error;
  }

  return {
    last: () => last,
    async fresh() {
      const sinceMs = Date.now();
      const isSilent = silentSinceMs !== null || answering.isSilent();
      const waitMs = isSilent ? SILENT_PATIENCE_MS : patienceMs();
      const asked = running ?? begin();
      if (asked.isOverdue) throw silent(sinceMs);
      return withDeadline(asked.answer, waitMs, () => {
        asked.isOverdue = true;
        throw silent(sinceMs);
      });
    },
  };
}

/** These say that it could not answer, and not that it refuses to. */
const SILENT_CODES = ['TARGET_FAILED', 'PROCESS_NOT_RESPONDING'];

/** The answer, or else what the target has told last. */
export async function freshOrLast<T>(
  answer: Promise<T>,
  last: () => T | null,
): Promise<{ value: T; isLast: boolean }> {
  try {
    return { value: await answer, isLast: false };
  } catch (error) {
    const value = last();
    const isSilent = error instanceof DiagnosticsError && SILENT_CODES.includes(error.code);
    if (value === null || !isSilent) throw error;
    return { value, isLast: true };
  }
}
