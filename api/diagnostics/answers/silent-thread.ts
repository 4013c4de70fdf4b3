/** The error of what only the observed thread could answer, which it does not. */
import { DiagnosticsError } from '../../base/errors.ts';

/** A guess: nobody knows when a busy thread will be free. */
const BUSY_RETRY_MS = 5_000;

/** @param why what that means, or why it is: it ends the clause `the observed thread does not answer` */
export function silentThread(why: string): DiagnosticsError {
  return new DiagnosticsError(
    'PROCESS_NOT_RESPONDING',
    `the observed thread does not answer${why}; ask again later`,
    { retryAfterMs: BUSY_RETRY_MS },
  );
}
