import type { TargetKind, TaskGroupFragment } from '../../generated/graphql.ts';
import { isOfGo, taskNoun } from '../live/kind.ts';
import { formatDuration, plural } from '../shared/format.ts';
import { placeName } from '../shared/frames.ts';
import type { Finding } from './finding.ts';

export type TaskEvidence = Pick<
  TaskGroupFragment,
  | 'count'
  | 'sampledCount'
  | 'potentiallyStuck'
  | 'outlivedRequest'
  | 'oldestWaitMs'
  | 'topFunc'
  | 'topFrame'
>;

/** Shorter is routine: logging after the response, a keep-alive timer. */
const ALARMING_WAIT_MS = 60_000;

/** Groups of request work that has been waiting for over a minute. */
function alarming<T extends TaskEvidence>(groups: readonly T[]): T[] {
  return groups.filter(
    (group) => group.potentiallyStuck > 0 && (group.oldestWaitMs ?? 0) >= ALARMING_WAIT_MS,
  );
}

/** How many tasks are worth an alarm; background work may wait for as long as it likes. */
export function stuckCount(groups: readonly TaskEvidence[]): number {
  return alarming(groups).reduce((sum, group) => sum + group.potentiallyStuck, 0);
}

/** Work that requests left behind, and requests that do not come to an end. */
export function stuckFindings(
  groups: readonly TaskEvidence[],
  kind: TargetKind | null = null,
): Finding[] {
  const outlived = (group: TaskEvidence) => group.outlivedRequest;
  const waiting = (group: TaskEvidence) => group.potentiallyStuck - group.outlivedRequest;
  const stuck = alarming(groups);
  const noun = taskNoun(kind);
  // Of a goroutine nobody can tell whether its request has ended.
  const waitingWords = isOfGo(kind) ? 'potentially stuck' : 'of running requests waiting';
  return [
    ...finding(stuck, outlived, noun, 'left behind by ended requests'),
    ...finding(stuck, waiting, noun, waitingWords),
  ];
}

function finding(
  groups: readonly TaskEvidence[],
  countOf: (group: TaskEvidence) => number,
  noun: string,
  circumstance: string,
): Finding[] {
  const ranked = groups
    .filter((group) => countOf(group) > 0)
    .sort((a, b) => countOf(b) - countOf(a));
  const [largest] = ranked;
  if (largest === undefined) return [];
  const count = ranked.reduce((sum, group) => sum + countOf(group), 0);
  const oldestMs = Math.max(...ranked.map((group) => group.oldestWaitMs ?? 0));
  const isEstimate = ranked.some((group) => group.sampledCount !== group.count);
  const place = largest.topFrame === null ? '' : ` (${placeName(largest.topFrame)})`;
  const where = ranked.length === 1 ? 'in' : 'mostly in';
  return [
    {
      severity: 'warning',
      sentence: `${isEstimate ? '≈' : ''}${plural(count, noun)} ${circumstance}, ${where} ${largest.topFunc}${place}, for up to ${formatDuration(oldestMs)}`,
      evidence: { view: 'tasks', 'tasks.only': 'stuck' },
    },
  ];
}
