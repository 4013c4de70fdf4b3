import type { Detector } from '../../finding.ts';
import { countWords, frameWords } from '../../words.ts';
import { lineClause, lineWords } from './lines.ts';
import { crowdWords, hidesHungRequests, type PoolCrowd, poolCrowd } from './pool-crowd.ts';

/** Requests wait for a pool, a lock or a limiter, and those who hold it do something else, or nobody knows who they are. */
export const poolExhausted: Detector<PoolCrowd> = {
  name: 'pool-exhausted',
  kind: 'POOL_EXHAUSTED',
  question: 'requests hang',
  check(evidence) {
    const found = poolCrowd(evidence);
    return found === null || found.isDeadlock ? null : found;
  },
  hides: hidesHungRequests,
  sentence(found) {
    const { waiters, holders, first } = found;
    const nobody =
      first === null
        ? 'no request in flight is known to hold it'
        : `the first to wait, in ${frameWords(first.culprit)}, began before all of them and may itself hold it`;
    const held =
      holders === null
        ? nobody
        : `it is held by ${countWords(holders.total, 'request')}${lineClause(holders)}`;
    return `${crowdWords(found)}, ${lineWords(waiters)}; ${held}.`;
  },
  nextStep: ({ holders, first, alsoWaiting }) =>
    first !== null
      ? 'See whether what this line waits for is held already on the way to it: then hand it on, or give it back first, as with a lock to read before one to write.'
      : holders === null
        ? `See whether what is taken at this line${alsoWaiting.map((frame) => `, in ${frameWords(frame)}`).join('')} is given back on every path, also where something throws (\`finally\`), or what it was taken for is left in the middle.`
        : 'See why those who hold it do not go on at this line, and give what they wait for a time limit.',
};
