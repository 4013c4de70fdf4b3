import { durationText } from '../../../base/text/duration.ts';
import { isSameFunction } from '../../../profile/same-function.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import type { HeldEvidence } from '../../evidence/tasks.ts';
import { type Detection, type Detector, TOO_EARLY } from '../../finding.ts';
import { countWords, culpritOf, frameWords } from '../../words.ts';
import {
  areSeenWaiting,
  FEWEST_ANSWERED,
  furtherIn,
  hungRequests,
  promiserOf,
  waitLines,
} from './hung.ts';
import {
  isPileOf,
  type Line,
  type Lines,
  lineClause,
  lineWords,
  routeCounts,
  routeWords,
} from './lines.ts';

interface HungRequests extends Detection {
  count: number;
  /** All that are listed hang, and more are in flight. */
  isCut: boolean;
  lines: Lines;
  /** The lines they wait at, in words; null where none is known. */
  where: string | null;
  oldestMs: number;
  /** Who has promised what most of them wait for, in words; null where that is the line itself. */
  promiser: string | null;
  /** That is the function that they wait in. */
  isOwnPromise: boolean;
  /** Where the oldest is that went further in than the others, in words; null for none. */
  further: string | null;
  /** In which list their callbacks stand; null where they are seen waiting, or it is not known. */
  held: HeldEvidence | null;
  /** What nearly all requests of the route took; null where it never answered. */
  usualMs: number | null;
}

/** A job that waits so long for a thread waits for more than a slow machine. */
const FULL_POOL_MS = 2_000;
/** By then the pool is told, or it is not to blame. */
const POOL_TOLD_AFTER_MS = 5_000;
const JUDGED_WITHIN_MS = 15_000;

/** Requests that do not come to an end, by the list of all that are in flight. */
export const hungRequestsDetector: Detector<HungRequests> = {
  name: 'hung-requests',
  kind: 'STUCK_REQUESTS',
  question: 'requests hang',
  check(evidence) {
    if (evidence.requests === null) return isListed(evidence.kind) ? TOO_EARLY : null;
    const hung = hungRequests(evidence);
    const [oldest] = hung;
    if (oldest === undefined) return null;
    if (isPoolBeingJudged(evidence)) return TOO_EARLY;
    const lines = waitLines(hung);
    const promiser = promiserOf(hung);
    const further = promiser === null ? furtherIn(hung, lines) : null;
    const held = areSeenWaiting(hung) ? null : (evidence.held ?? null);
    const line = heldLine(held) ?? promiser ?? further ?? lines.lines[0];
    const routes = routeCounts(hung.map(({ route }) => route));
    const usual = evidence.routes?.find(({ route }) => route === routes[0]!.route);
    return {
      // Who has no line to look at cannot do much about it; a list of those who wait for news looks like one of a pool.
      severity:
        line === undefined || (held !== null && (usual?.count ?? 0) < FEWEST_ANSWERED)
          ? 'NOTICE'
          : 'WARNING',
      sinceMs: evidence.nowMs - oldest.ageMs,
      culprit: line?.culprit ?? null,
      stack: line?.frames ?? [],
      routes,
      count: hung.length,
      isCut: evidence.requestsBeyond > 0 && hung.length === evidence.requests.length,
      lines,
      where: lineWords(lines),
      promiser: promiser && frameWords(promiser.culprit),
      isOwnPromise: promiser !== null && isWithin(promiser, lines),
      further: further && frameWords(further.culprit),
      oldestMs: oldest.ageMs,
      held,
      usualMs: usual?.p99Ms ?? null,
    };
  },
  hides: ({ lines }, other) => isPileOf(lines, other),
  sentence({
    count,
    isCut,
    routes = [],
    lines,
    promiser,
    isOwnPromise,
    further,
    oldestMs,
    held,
    usualMs,
  }) {
    const verb = count === 1 ? 'hangs' : 'hang';
    const usual =
      usualMs === null
        ? routes.length === 1
          ? '; this route has not answered yet'
          : ''
        : `; nearly all of ${routes[0]!.route} took ${durationText(Math.max(1, usualMs))} or less`;
    const place = held === null ? lineClause(lines) : ` ${heldWords(held)}`;
    const whose = isOwnPromise ? 'this function itself' : promiser;
    const promised = promiser === null ? '' : `, waiting for what ${whose} has promised`;
    const oldest = further === null ? '' : `, the oldest further in, in ${further}`;
    const many = `${isCut ? 'At least ' : ''}${countWords(count, 'request')}`;
    return `${many} of ${routeWords(routes)} ${verb}${place}, for up to ${durationText(oldestMs)}${promised}${oldest}${usual}.`;
  },
  nextStep: ({ where, promiser, isOwnPromise, further, held }) =>
    held !== null
      ? heldStep(held)
      : isOwnPromise && where !== null
        ? 'See whether this function waits for its own outcome, directly or by what it calls: then it never comes; else give what may never answer a time limit.'
        : where === null
          ? 'See in "Requests" whether one of them shows where it waits; a handler made of callbacks shows nothing: see whether each of its paths ends the response.'
          : promiser !== null
            ? `See whether ${promiser} settles its promise on each path, and give what may never answer a time limit.`
            : further !== null
              ? 'See whether the others wait for the oldest one, as for a lock or a queue: then look why it does not go on at this line, and give what it waits for a time limit.'
              : 'Look at what this line waits for: give an answer that may never come a time limit, and see whether each path settles its promise.',
};

/** For example `in findUser (db/users.mjs:4), whose callbacks stand in waiting of Pool (db/pool.mjs:2)`. */
function heldWords({ name, keeper, isOfClass, frames, worker }: HeldEvidence): string {
  const waiter = culpritOf(frames);
  const list = `${name === '' ? 'a list' : name} of ${frameWords(keeper)}`;
  const kept = isOfClass || name === '' ? list : `${name} (${keeper.path ?? keeper.file})`;
  const works = worker === null ? '' : `, which ${frameWords(worker)} works off`;
  const place = waiter === null ? '' : `in ${frameWords(waiter)}, `;
  return `${place}whose callbacks stand in ${kept}${works}`;
}

function heldStep({ worker }: HeldEvidence): string {
  return worker === null
    ? 'See whether each path, also one that fails, gives back what the list waits for: then the next callback has its turn.'
    : `See whether each path of ${frameWords(worker)} calls its callback: then the next in the list has its turn.`;
}

/** Whoever works the list off keeps all in it waiting. */
function heldLine(held: HeldEvidence | null): Pick<Line, 'culprit' | 'frames'> | undefined {
  if (held === null) return undefined;
  const culprit = held.worker ?? culpritOf(held.frames);
  if (culprit === null) return undefined;
  return { culprit, frames: held.worker === null ? held.frames : [held.worker, ...held.frames] };
}

/** Requests that wait for one of libuv's threads hang through no fault of their line, which is told a moment later. */
function isPoolBeingJudged({ threadPool, nowMs }: Evidence): boolean {
  if (threadPool === null || threadPool.sinceMs === null) return false;
  const { waitedMs, sinceMs, jobs } = threadPool;
  return (
    waitedMs >= FULL_POOL_MS &&
    nowMs - sinceMs < JUDGED_WITHIN_MS &&
    (jobs === null || nowMs - sinceMs < POOL_TOLD_AFTER_MS)
  );
}

/** Of these all requests in flight are known, once they were read. */
function isListed(kind: string | null): boolean {
  return kind === 'NODE' || kind === 'NODE_THREAD';
}

function isWithin({ culprit }: Line, { lines }: Lines): boolean {
  const [main] = lines;
  return main !== undefined && isSameFunction(main.culprit, culprit);
}
