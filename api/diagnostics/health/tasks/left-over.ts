/** Has the tasks read where the program seems to be done and does not end, so that what keeps it is told. */
import { idleMsOf } from '../../../health/detectors/process/keeps-alive.ts';
import type { Evidence } from '../../../health/evidence/evidence.ts';

/** What keeps a program that does nothing does not change. */
const AGAIN_MS = 60_000;

/** @param readTasks never rejects */
export function createLeftOver(readTasks: () => Promise<void>) {
  let readAtMs = Number.NEGATIVE_INFINITY;

  return {
    async suspect(known: Omit<Evidence, 'nowMs'>): Promise<void> {
      if (Date.now() - readAtMs < AGAIN_MS || idleMsOf(known) === null) return;
      readAtMs = Date.now();
      await readTasks();
    },
  };
}
