import type { Detector } from '../../finding.ts';
import { type StuckGroups, stuckGroups, stuckSentence } from './stuck-groups.ts';

/** Work of requests that have ended is still there. */
export const leftBehind: Detector<StuckGroups> = {
  name: 'left-behind',
  kind: 'LEFT_BEHIND',
  question: 'tasks are stuck',
  check: (evidence) => stuckGroups(evidence, ({ outlivedRequest }) => outlivedRequest),
  sentence: (found) => stuckSentence(found, 'left behind by ended requests'),
  nextStep: () =>
    'Look at this line for a promise, timer or listener that nothing settles or clears once the response was sent.',
};
