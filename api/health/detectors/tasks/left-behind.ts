import { isOwn } from '../../../base/files/frame-origin.ts';
import { durationText } from '../../../base/text/duration.ts';
import type { Frame } from '../../../profile/profile.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import type { GrowingTasks } from '../../evidence/tasks.ts';
import { type Detection, type Detector, TOO_EARLY } from '../../finding.ts';
import { countWords, culpritOf, frameWords, groupedDigits } from '../../words.ts';
import { stuckGroups, stuckSentence } from './stuck-groups.ts';

interface LeftBehind extends Detection {
  count: number;
  /** They are timers that have not run off yet, but will. */
  runOff?: boolean;
  words: string;
}

/** Fewer may be the work of the last few requests. */
const FEWEST_GROWN = 8;
/** Work that goes on after its answer is over in a while. */
const OLD_MS = 30_000;
/** Most of a group are left behind, not just some of those that are answered at this moment. */
const MOSTLY = 0.5;
/** Where the oldest is younger than this part of the time for which they have become more, they end by themselves. */
const UNENDED_SHARE = 0.9;
const TIMER = /^setTimeout$/;

/** Ever more work of requests that have ended is still there. */
export const leftBehind: Detector<LeftBehind> = {
  name: 'left-behind',
  kind: 'LEFT_BEHIND',
  question: 'tasks are stuck',
  check(evidence) {
    if (evidence.kind !== 'NODE') return knownByAgeAlone(evidence);
    if (evidence.growingTasks === null) return evidence.tasks === null ? TOO_EARLY : null;
    const left = evidence.growingTasks.filter(isLeftBehind);
    const [most] = left;
    const culprit = most === undefined ? null : culpritOf(most.frames);
    if (most === undefined || culprit === null) return null;
    const oldestMs = most.oldestWaitMs ?? most.lastedMs;
    const runOff = isTimer(most);
    return {
      // Sessions that end after half an hour look alike.
      severity: runOff ? 'NOTICE' : 'WARNING',
      sinceMs: evidence.nowMs - oldestMs,
      culprit,
      stack: most.frames,
      routes: most.routes,
      count: most.outlivedRequest ?? 0,
      runOff,
      words: sentenceOf(most, culprit, left.length > 1),
    };
  },
  sentence: ({ words }) => words,
  nextStep: ({ runOff }) =>
    runOff === true
      ? 'Clear each timer that this line sets once what it is for is over, or keep one for all; where so many are meant to wait for their time, all is well.'
      : 'Look at this line for a promise, timer or listener that nothing settles or clears once the response was sent.',
};

/** Of another process only one moment is known, and not what grows. */
function knownByAgeAlone(evidence: Evidence): LeftBehind | typeof TOO_EARLY | null {
  const found = stuckGroups(evidence, ({ outlivedRequest }) => outlivedRequest ?? 0);
  if (found === null || found === TOO_EARLY) return found;
  return { ...found, words: stuckSentence(found, 'left behind by ended requests') };
}

function isLeftBehind(tasks: GrowingTasks): boolean {
  const { grownBy, count, outlivedRequest, oldestWaitMs, risingMs, refed } = tasks;
  return (
    grownBy >= FEWEST_GROWN &&
    (outlivedRequest ?? 0) >= MOSTLY * count &&
    (oldestWaitMs ?? 0) >= Math.max(OLD_MS, UNENDED_SHARE * risingMs) &&
    // A timer that keeps nothing alive ends with what it is for, or was begun on purpose.
    refed !== 0 &&
    culpritOf(tasks.frames) !== null
  );
}

function isTimer({ state, frames }: GrowingTasks): boolean {
  const called = frames.slice(0, frames.findIndex(isOwn));
  return state === 'timer' && called.some(({ function: name }) => TIMER.test(name));
}

function sentenceOf(
  { outlivedRequest, count, sampled, grownBy, lastedMs }: GrowingTasks,
  culprit: Frame,
  isOneOfSeveral: boolean,
): string {
  const about = sampled === count ? '' : '≈';
  const others = isOneOfSeveral ? ', and more at other lines' : '';
  return `${about}${countWords(outlivedRequest ?? 0, 'task')} left behind by ended requests in ${frameWords(culprit)}${others}: ${about}${groupedDigits(grownBy)} more in ${durationText(lastedMs)}.`;
}
