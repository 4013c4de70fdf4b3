import type { Detector } from '../../finding.ts';
import { countWords } from '../../words.ts';
import { lineClause } from './lines.ts';
import { crowdWords, hidesHungRequests, type PoolCrowd, poolCrowd } from './pool-crowd.ts';

/** All who are known to hold a place of a pool, a lock or a limiter wait for another of its places. */
export const requestDeadlock: Detector<PoolCrowd> = {
  name: 'request-deadlock',
  kind: 'DEADLOCK',
  question: 'requests hang',
  check(evidence) {
    const found = poolCrowd(evidence);
    return found?.isDeadlock === true ? found : null;
  },
  hides: hidesHungRequests,
  sentence(found) {
    const holders = found.holders!;
    const verb = holders.total === 1 ? 'waits' : 'wait';
    return `${crowdWords(found)}, while ${countWords(holders.total, 'request')} already let in ${verb} for it again${lineClause(holders)}: none of them goes on.`;
  },
  nextStep: () =>
    'Do not ask for a second one at this line while the first is held: hand on the first, take another pool or limiter for what is inside, or, of two locks, take them in the same order everywhere.',
};
