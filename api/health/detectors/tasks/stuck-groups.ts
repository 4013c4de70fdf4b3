/** What the findings about stuck tasks have in common. */

import { LONG_WAIT_MS, stuckForLong } from '../../../analyzers/tasks/stuck.ts';
import { durationText } from '../../../base/text/duration.ts';
import type { Frame } from '../../../profile/profile.ts';
import { type Evidence, taskNoun } from '../../evidence/evidence.ts';
import type { TaskEvidence } from '../../evidence/tasks.ts';
import { type Detection, TOO_EARLY } from '../../finding.ts';
import { countWords, culpritOf, frameWords } from '../../words.ts';

export interface StuckGroups extends Detection {
  count: number;
  noun: string;
  /** Some of them were seen, and stand for the others. */
  isEstimate: boolean;
  /** The culprit, or the top of the stack where none of it is the program's. */
  named: Frame | null;
  /** How many of the tasks are there. */
  share: 'ALL' | 'MOST' | 'SOME';
  oldestMs: number;
}

/** The groups that are stuck for long, by what `countOf` counts of them. */
export function stuckGroups(
  evidence: Evidence,
  countOf: (group: TaskEvidence) => number,
): StuckGroups | typeof TOO_EARLY | null {
  if (evidence.tasks === null) return evidence.kind === 'FILE' ? null : TOO_EARLY;
  const ranked = stuckForLong(evidence.tasks)
    .filter((group) => countOf(group) > 0)
    .sort((a, b) => countOf(b) - countOf(a));
  const [largest] = ranked;
  if (largest === undefined) return null;
  const oldestMs = Math.max(...ranked.map(({ oldestWaitMs }) => oldestWaitMs ?? 0));
  // A request and what it waits for are two groups: the one that has a line of the program tells more.
  const telling = ranked.find(({ frames }) => culpritOf(frames) !== null) ?? largest;
  const culprit = culpritOf(telling.frames);
  return {
    severity: 'WARNING',
    sinceMs: evidence.nowMs - oldestMs + LONG_WAIT_MS,
    culprit,
    stack: telling.frames,
    routes: routesOf(ranked),
    count: ranked.reduce((sum, group) => sum + countOf(group), 0),
    noun: taskNoun(evidence),
    isEstimate: ranked.some(({ sampled, count }) => sampled !== count),
    named: culprit ?? telling.topFrame,
    share: shareOf(ranked.length, countOf(telling) === countOf(largest)),
    oldestMs,
  };
}

/** For example `≈12 tasks left behind by ended requests, mostly in sendMail (src/mail.ts:7), for up to 5 min.` */
export function stuckSentence(found: StuckGroups, circumstance: string): string {
  const count = `${found.isEstimate ? '≈' : ''}${countWords(found.count, found.noun)}`;
  const where =
    found.named === null ? '' : `, ${SHARE_WORDS[found.share]} ${frameWords(found.named)}`;
  return `${count} ${circumstance}${where}, for up to ${durationText(found.oldestMs)}.`;
}

const SHARE_WORDS = { ALL: 'in', MOST: 'mostly in', SOME: 'some of them in' } as const;

function shareOf(groups: number, isLargest: boolean): StuckGroups['share'] {
  if (groups === 1) return 'ALL';
  return isLargest ? 'MOST' : 'SOME';
}

function routesOf(groups: readonly TaskEvidence[]) {
  const counts = new Map<string, number>();
  for (const { route, count } of groups.flatMap(({ routes }) => routes)) {
    counts.set(route, (counts.get(route) ?? 0) + count);
  }
  return [...counts].map(([route, count]) => ({ route, count })).sort((a, b) => b.count - a.count);
}
