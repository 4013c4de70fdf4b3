import type { TaskGroupFragment } from '../../generated/graphql.ts';
import { formatDuration, plural } from '../shared/format.ts';
import { placeName } from '../shared/frames.ts';
import type { Finding } from './health.ts';

export type TaskEvidence = Pick<
  TaskGroupFragment,
  'count' | 'potentiallyStuck' | 'outlivedRequest' | 'oldestWaitMs' | 'topFunc' | 'topFrame'
>;

/** Shorter is routine: logging after the response, a keep-alive timer. */
const ALARMING_WAIT_MS = 60_000;

/** Work of requests that waits for over a minute. Background work may wait for as long as it likes. */
export function stuckFindings(groups: readonly TaskEvidence[]): Finding[] {
  const stuck = groups.filter(
    (group) => group.potentiallyStuck > 0 && (group.oldestWaitMs ?? 0) >= ALARMING_WAIT_MS,
  );
  const outlived = stuck.filter((group) => group.outlivedRequest > 0);
  const waiting = stuck.filter((group) => group.outlivedRequest < group.potentiallyStuck);
  return [
    ...finding(outlived, (group) => group.outlivedRequest, {
      subject: 'left behind by requests that have ended',
    }),
    ...finding(waiting, (group) => group.potentiallyStuck - group.outlivedRequest, {
      subject: 'of running requests waiting for over a minute',
    }),
  ];
}

function finding(
  groups: readonly TaskEvidence[],
  countOf: (group: TaskEvidence) => number,
  { subject }: { subject: string },
): Finding[] {
  const [largest] = groups.toSorted((a, b) => countOf(b) - countOf(a));
  if (largest === undefined) return [];
  const count = groups.reduce((sum, group) => sum + countOf(group), 0);
  const oldestMs = Math.max(...groups.map((group) => group.oldestWaitMs ?? 0));
  const place = largest.topFrame === null ? '' : ` (${placeName(largest.topFrame)})`;
  const where = groups.length === 1 ? 'in' : 'most in';
  return [
    {
      severity: 'warning',
      sentence: `${plural(count, 'task')} ${subject}, ${where} ${largest.topFunc}${place}, the oldest for ${formatDuration(oldestMs)}`,
      evidence: { view: 'tasks', only: 'stuck' },
    },
  ];
}
