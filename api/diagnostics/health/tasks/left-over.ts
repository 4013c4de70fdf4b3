/** Looks where the program seems to be done and does not end, so that what keeps it is told. */
import {
  hasChildren,
  idleMsOf,
  remainsForMs,
} from '../../../health/detectors/process/keeps-alive.ts';
import type { Evidence } from '../../../health/evidence/evidence.ts';
import { createChildWatch } from '../outside/child-watch.ts';
import { readDescendants } from '../outside/descendants.ts';

/** What keeps a program that does nothing does not change. */
const AGAIN_MS = 60_000;

/** @param readTasks never rejects */
export function createLeftOver(readTasks: () => Promise<void>) {
  const children = createChildWatch(() => readDescendants(process.pid));
  let readAtMs = Number.NEGATIVE_INFINITY;

  return {
    evidence: (): Pick<Evidence, 'children'> => ({ children: children.evidence() }),
    async suspect(known: Omit<Evidence, 'nowMs'>): Promise<void> {
      if (remainsForMs(known) === null) return;
      if (hasChildren(known)) children.look(Date.now());
      if (Date.now() - readAtMs < AGAIN_MS || idleMsOf(known) === null) return;
      readAtMs = Date.now();
      await readTasks();
    },
  };
}
