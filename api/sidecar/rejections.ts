/** What becomes of a promise of the sidecar that was rejected with nobody waiting for it. */
import { type Log, logUnexpected, withoutRepeats } from '../server/unexpected.ts';

/** Different ones that are told; a fault that words itself anew each time must not fill the log. */
const MOST_TOLD = 20;

/**
 * Node would end the thread. But such a promise has done no more harm than that something did not
 * happen: it is a defect to be told, once, and everything else goes on.
 */
export function surviveRejections(log: Log): void {
  const tell = withoutRepeats(log, MOST_TOLD);
  process.on('unhandledRejection', (reason) => logUnexpected(reason, tell));
}
