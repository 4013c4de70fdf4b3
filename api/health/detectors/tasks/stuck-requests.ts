import { type Evidence, isOfGo } from '../../evidence/evidence.ts';
import { type Detector, TOO_EARLY } from '../../finding.ts';
import { type StuckGroups, stuckGroups, stuckSentence } from './stuck-groups.ts';

interface StuckRequests extends StuckGroups {
  circumstance: string;
}

/** Requests that do not come to an end, where there is no list of them, but tasks. */
export const stuckRequests: Detector<StuckRequests> = {
  name: 'stuck-requests',
  kind: 'STUCK_REQUESTS',
  question: 'tasks are stuck',
  check(evidence) {
    // The list of its requests tells more.
    if (evidence.requests !== null || evidence.kind === 'NODE') return null;
    const found = stuckGroups(
      evidence,
      ({ stuckCount, outlivedRequest }) => stuckCount - (outlivedRequest ?? 0),
    );
    if (found === null || found === TOO_EARLY) return found;
    return { ...found, circumstance: circumstanceOf(evidence) };
  },
  sentence: (found) => stuckSentence(found, found.circumstance),
  nextStep: () =>
    'Look at what this line waits for: a lock, a pool, or an answer that never comes; and give the wait a time limit.',
};

/** Of a goroutine nobody can tell whether its request has ended. */
function circumstanceOf(evidence: Evidence): string {
  return isOfGo(evidence) ? 'potentially stuck' : 'of running requests waiting';
}
