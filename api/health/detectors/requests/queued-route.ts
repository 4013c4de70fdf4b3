import { durationText } from '../../../base/text/duration.ts';
import { lineKey } from '../../../profile/line-key.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import type { RouteEvidence, TurnEvidence } from '../../evidence/tasks.ts';
import type { Detection, Detector } from '../../finding.ts';
import { culpritOf, frameWords, groupedDigits, shareWords } from '../../words.ts';

interface QueuedRoute extends Detection {
  route: string;
  count: number;
  meanMs: number;
  turn: TurnEvidence;
  /** Of the time, 0 to 1. */
  share: number;
}

/** Work that is done sooner may well wait for its turn. */
const SLOW_MS = 100;
/** A few may have met a burst. */
const FEWEST_REQUESTS = 50;
/** Whoever waits longer for his turn than he takes has too few of them. */
const MOST_SHARE = 0.5;

/** A route spends most of its time in a queue, however short that is: its pool, lock or limiter lets too few in at once. */
export const queuedRoute: Detector<QueuedRoute> = {
  name: 'queued-route',
  kind: 'SLOW_ROUTE',
  question: 'a route is slow',
  check: (evidence) => queuedRoutes(evidence)[0] ?? null,
  sentence({ route, count, meanMs, turn, share }) {
    const subject = `${route} takes ${durationText(meanMs)} (${groupedDigits(count)} requests lately, on average), ≈${shareWords(share)} of it waiting`;
    return turn.gate === null
      ? `${subject} in ${frameWords(turn.culprit)}, each request for what the one before it has begun: they go one after the other.`
      : `${subject} for its turn at ${frameWords(turn.gate)} in ${frameWords(turn.culprit)}.`;
  },
  nextStep: () =>
    'See whether more may be let in at once here, or whether who is in can be done sooner; where so few are meant to be, all is well.',
};

/** Most time in the queue first. */
export function queuedRoutes(evidence: Evidence): QueuedRoute[] {
  return (evidence.routes ?? [])
    .filter(mayQueue)
    .flatMap((route) => queueOf(route) ?? [])
    .sort((a, b) => queuedMs(b) - queuedMs(a));
}

/** It is worth to look what its requests wait for: they take long, and mostly at one line. */
export function mayQueue({ recent, waits }: RouteEvidence): boolean {
  const isSlow = recent.count >= FEWEST_REQUESTS && recent.meanMs >= SLOW_MS;
  return isSlow && waits.some(({ kind, share }) => kind === 'WAIT' && share >= MOST_SHARE);
}

function queuedMs({ count, meanMs, share }: QueuedRoute): number {
  return count * meanMs * share;
}

/** Null where less of the time is spent waiting for a turn. */
function queueOf(route: RouteEvidence): QueuedRoute | null {
  const { turn = null, waits, recent } = route;
  if (turn === null) return null;
  const key = lineKey(turn.culprit);
  const thereShare = waits
    .filter(({ kind, frames }) => kind === 'WAIT' && lineKey(culpritOf(frames)) === key)
    .reduce((sum, each) => sum + each.share, 0);
  const share = thereShare * turn.share;
  if (share < MOST_SHARE) return null;
  return {
    severity: 'NOTICE',
    culprit: turn.culprit,
    stack: turn.frames,
    routes: [{ route: route.route, count: recent.count }],
    route: route.route,
    count: recent.count,
    meanMs: recent.meanMs,
    turn,
    share,
  };
}
