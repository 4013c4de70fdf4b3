import { durationText } from '../../../base/text/duration.ts';
import type { OpenBodies } from '../../../go-dump/open-bodies.ts';
import type { Detection, Detector } from '../../finding.ts';
import { countWords } from '../../words.ts';
import { tellsOfConnections } from './goroutine-crowd.ts';

interface Open extends Detection {
  bodies: OpenBodies;
}

const NOTICE_FROM = 10;
/** Without waits, responses that have just come count too. */
const NOTICE_FROM_IN_PROFILE = 100;
const WARNING_FROM = 200;

/** Responses whose body is neither read to its end nor closed. */
export const openBodies: Detector<Open> = {
  name: 'open-bodies',
  kind: 'LEFT_BEHIND',
  question: 'bodies of responses are left open',
  check({ go, nowMs }) {
    const bodies = go?.openBodies ?? null;
    if (bodies === null || go?.crash?.kind === 'LEAKED') return null;
    if (tellsOfConnections(go?.crowds ?? [])) return null;
    const { count, longestWaitMs, isWaitKnown } = bodies;
    if (count < (isWaitKnown ? NOTICE_FROM : NOTICE_FROM_IN_PROFILE)) return null;
    const severity = isWaitKnown && count >= WARNING_FROM ? 'WARNING' : 'NOTICE';
    const sinceMs = isWaitKnown ? nowMs - longestWaitMs : undefined;
    return { severity, sinceMs, culprit: null, stack: [], count, bodies };
  },
  sentence({ bodies: { count, longestWaitMs, isWaitKnown } }) {
    const wait = isWaitKnown ? `, for up to ${durationText(longestWaitMs)}` : '';
    return `${countWords(count, 'response')} of net/http ${count === 1 ? 'is' : 'are'} open, whose bodies nobody reads or has closed${wait}; each keeps a connection and two goroutines.`;
  },
  nextStep: () =>
    'Close the Body of every response by a defer behind the error check, also where only its status is looked at.',
};
