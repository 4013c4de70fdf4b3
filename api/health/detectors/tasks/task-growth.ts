import { durationText } from '../../../base/text/duration.ts';
import { taskNoun } from '../../evidence.ts';
import { type Detection, type Detector, TOO_EARLY } from '../../finding.ts';
import { floorGrowth } from '../../floor-growth.ts';
import { groupedDigits } from '../../words.ts';

interface TaskGrowth extends Detection {
  count: number;
  noun: string;
  lastedMs: number;
}

const GROWN_TASKS = 100;
const GROWN_SHARE = 0.5;

/** Ever more tasks, even where no single one of them is known to be stuck: a leak of background work. */
export const taskGrowth: Detector<TaskGrowth> = {
  name: 'task-growth',
  kind: 'TASK_GROWTH',
  question: 'the tasks grow in number',
  check(evidence) {
    if (evidence.kind === 'FILE') return null;
    const counted = evidence.points.filter(({ goroutines }) => goroutines !== null);
    const growth = floorGrowth(counted, ({ goroutines }) => goroutines ?? 0);
    if (growth === null) return TOO_EARLY;
    const { before, grown, lastedMs } = growth;
    if (grown < GROWN_TASKS || grown < before * GROWN_SHARE) return null;
    return {
      severity: 'WARNING',
      count: grown,
      grownShare: grown / Math.max(1, before),
      noun: taskNoun(evidence),
      lastedMs,
    };
  },
  sentence: ({ count, noun, lastedMs }) =>
    `Ever more ${noun}s: +${groupedDigits(count)} in ${durationText(lastedMs)}.`,
  nextStep: ({ noun }) =>
    `Capture the ${noun}s now and in a minute, and look in the difference which stack has more of them.`,
};
