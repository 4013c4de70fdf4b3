/** What becomes of a promise of the sidecar that was rejected with nobody waiting for it. */
import { type Log, logUnexpected } from '../server/unexpected.ts';

/** Different ones that are told; a fault that words itself anew each time must not fill the log. */
const TOLD_MAX = 20;

/**
 * Node would end the thread. But such a promise has done no more harm than that something did not
 * happen: it is a defect to be told, once, and everything else goes on.
 */
export function surviveRejections(log: Log): void {
  const told = new Set<string>();
  process.on('unhandledRejection', (reason) => {
    const key = String(reason);
    if (told.has(key) || told.size >= TOLD_MAX) return;
    told.add(key);
    logUnexpected(reason, log);
  });
}
