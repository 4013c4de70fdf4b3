/** Which requests hang: those that have been in flight for far longer than their route usually takes. */
import { lineKey } from '../../../profile/line-key.ts';
import type { Frame } from '../../../profile/profile.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import type { RequestEvidence, RouteEvidence } from '../../evidence/tasks.ts';
import { culpritOf } from '../../words.ts';
import { type Line, type Lines, linesOf } from './lines.ts';

/** A route that has answered as often tells what is usual. */
export const FEWEST_ANSWERED = 5;
/** Far more than nearly all of its requests took, and more than the slowest there was. */
const TIMES_P99 = 10;
const TIMES_SLOWEST = 2;
/** A pause of a network or a disk lasts as long, however fast the route is otherwise. */
const FLOOR_MS = 5_000;
/** Of a route that has not told yet what is usual. */
const UNKNOWN_FLOOR_MS = 10_000;
/** What a timer ends may be meant to last: a long poll holds its request for half a minute. */
const TIME_LIMIT_FLOOR_MS = 60_000;
/** One alone may be a slow one; it has to be longer. */
const TIMES_ALONE = 1.5;
/** While the loop stands still nothing is answered, which others tell. */
const BLOCKED_MS = 1_000;

/** Oldest first; empty where none hangs, or it is too early to say so. */
export function hungRequests({ requests, routes, loop }: Evidence): readonly RequestEvidence[] {
  if (requests === null) return [];
  if (loop !== null && loop.state !== 'RESPONSIVE' && loop.blockedForMs >= BLOCKED_MS) return [];
  const byRoute = new Map(routes?.map((route) => [route.route, route]));
  const hung = requests
    .filter(({ isUnanswered }) => isUnanswered)
    .map((request) => ({ request, limitMs: limitMs(request, byRoute.get(request.route)) }))
    .filter(({ request, limitMs: limit }) => request.ageMs >= limit)
    .sort((a, b) => b.request.ageMs - a.request.ageMs);
  const isTold =
    hung.length > 1 ||
    hung.some(({ request, limitMs: limit }) => request.ageMs >= TIMES_ALONE * limit);
  return isTold ? hung.map(({ request }) => request) : [];
}

function limitMs({ hasTimeLimit }: RequestEvidence, route: RouteEvidence | undefined): number {
  const isUsualKnown = route !== undefined && route.count >= FEWEST_ANSWERED;
  return Math.max(
    isUsualKnown ? FLOOR_MS : UNKNOWN_FLOOR_MS,
    hasTimeLimit ? TIME_LIMIT_FLOOR_MS : 0,
    TIMES_SLOWEST * (route?.maxMs ?? 0),
    isUsualKnown ? TIMES_P99 * (route.p99Ms ?? 0) : 0,
  );
}

/** The lines of the program's code that requests wait at, most requests first. */
export function waitLines(requests: readonly RequestEvidence[]): Lines {
  return linesOf(requests.map(({ frames }): readonly Frame[] => frames));
}

/** It is known where half of those wait of which it could be. */
export function areSeenWaiting(requests: readonly RequestEvidence[]): boolean {
  const looked = requests.filter(({ isLeftOut }) => !isLeftOut);
  return 2 * looked.filter(({ frames }) => culpritOf(frames) !== null).length >= looked.length;
}

/**
 * Where the oldest is, if it went further in than the line at which the others wait: whoever came later may wait for
 * it. Null where it stands with them, or came another way.
 */
export function furtherIn(requests: readonly RequestEvidence[], { lines }: Lines): Line | null {
  const [oldest] = requests;
  const [crowd] = lines;
  if (oldest === undefined || crowd === undefined) return null;
  const own = promiserOf([oldest]) ?? waitLines([oldest]).lines[0];
  const isFurther =
    own !== undefined &&
    lineKey(own.culprit) !== lineKey(crowd.culprit) &&
    oldest.stacks.some((stack) => stack.some((frame) => lineKey(frame) === lineKey(crowd.culprit)));
  return isFurther ? own : null;
}

/** The line of the program that has promised what at least half of them wait for; null where that is where they wait. */
export function promiserOf(requests: readonly RequestEvidence[]): Line | null {
  const [first] = linesOf(requests.map(({ promisedBy }) => promisedBy)).lines;
  return first !== undefined && 2 * first.count >= requests.length ? first : null;
}
