/** What the findings about stuck tasks have in common. */
import { durationText } from '../../analyzers/duration-text.ts';
import { LONG_WAIT_MS, stuckForLong } from '../../analyzers/tasks/stuck.ts';
import type { Frame } from '../../profile/profile.ts';
import { type Evidence, type TaskEvidence, taskNoun } from '../evidence.ts';
import { type Detection, TOO_EARLY } from '../finding.ts';
import { countWords, culpritOf, frameWords } from '../words.ts';

export interface StuckGroups extends Detection {
  count: number;
  noun: string;
  /** Some of them were seen, and stand for the others. */
  isEstimate: boolean;
  /** Of the largest group: the culprit, or the top of its stack. */
  named: Frame | null;
  isOneGroup: boolean;
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
  const culprit = culpritOf(largest.frames);
  return {
    severity: 'WARNING',
    sinceMs: evidence.nowMs - oldestMs + LONG_WAIT_MS,
    culprit,
    stack: largest.frames,
    routes: routesOf(ranked),
    count: ranked.reduce((sum, group) => sum + countOf(group), 0),
    noun: taskNoun(evidence),
    isEstimate: ranked.some(({ sampled, count }) => sampled !== count),
    named: culprit ?? largest.topFrame,
    isOneGroup: ranked.length === 1,
    oldestMs,
  };
}

/** For example `≈12 tasks left behind by ended requests, mostly in sendMail (src/mail.ts:7), for up to 5 min.` */
export function stuckSentence(found: StuckGroups, circumstance: string): string {
  const count = `${found.isEstimate ? '≈' : ''}${countWords(found.count, found.noun)}`;
  const where = found.isOneGroup ? 'in' : 'mostly in';
  const place = found.named === null ? '' : `, ${where} ${frameWords(found.named)}`;
  return `${count} ${circumstance}${place}, for up to ${durationText(found.oldestMs)}.`;
}

function routesOf(groups: readonly TaskEvidence[]) {
  const counts = new Map<string, number>();
  for (const { route, count } of groups.flatMap(({ routes }) => routes)) {
    counts.set(route, (counts.get(route) ?? 0) + count);
  }
  return [...counts].map(([route, count]) => ({ route, count })).sort((a, b) => b.count - a.count);
}
