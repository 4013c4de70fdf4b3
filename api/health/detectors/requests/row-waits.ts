/**
 * Which requests wait in a row, each for a promise that the one before it has made: what a lock, or a queue, that is a
 * chain of promises makes of them, whatever it is called.
 *
 *   3 waits for a promise of 2, which waits for one of 1   →  2 and 3 wait for their turn
 *   3 and 2 wait for one of 1                              →  none does: they share what 1 has begun
 */
import { lineKey } from '../../../profile/line-key.ts';
import type { Frame } from '../../../profile/profile.ts';
import type { RequestEvidence } from '../../evidence/tasks.ts';
import { culpritOf } from '../../words.ts';

export interface RowWait {
  request: RequestEvidence;
  gate: null;
  /** The line of the program that waits. */
  culprit: Frame;
  frames: readonly Frame[];
}

/** Those of the longest row alone, which all wait at one line. */
export function rowWaits(requests: readonly RequestEvidence[]): RowWait[] {
  const waits = new Map<number, RowWait>();
  for (const request of requests) {
    const culprit = request.behind === null ? null : culpritOf(request.frames);
    if (culprit === null) continue;
    waits.set(request.id, { request, gate: null, culprit, frames: request.frames });
  }
  const before = ({ request, culprit }: RowWait): RowWait | undefined => {
    const other = waits.get(request.behind!);
    return other !== undefined && lineKey(other.culprit) === lineKey(culprit) ? other : undefined;
  };
  const rows = new Map<string, Set<RowWait>>();
  for (const wait of waits.values()) {
    const other = before(wait);
    if (other === undefined) continue;
    const key = lineKey(wait.culprit);
    rows.set(key, (rows.get(key) ?? new Set()).add(wait).add(other));
  }
  const [longest] = [...rows.values()].sort((a, b) => b.size - a.size);
  return longest === undefined ? [] : [...longest];
}
