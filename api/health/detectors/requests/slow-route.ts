import { durationText } from '../../../base/text/duration.ts';
import type { Frame } from '../../../profile/profile.ts';
import { isSameFunction } from '../../../profile/same-function.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import type { RouteEvidence } from '../../evidence/tasks.ts';
import { type Detection, type Detector, TOO_EARLY } from '../../finding.ts';
import { isAnonymous } from '../../hot-frame.ts';
import { culpritOf, frameWords, groupedDigits, shareWords } from '../../words.ts';
import { promiserOf } from './hung.ts';
import type { Line } from './lines.ts';
import { queuedRoutes } from './queued-route.ts';

interface SlowRoute extends Detection {
  route: string;
  count: number;
  meanMs: number;
  where: SlowPlace;
  /** The function of the program that has promised what it waits for there; null where that is not known, or itself. */
  promiser: Frame | null;
  /** So often its requests wait there one time after the other; null where it was not seen. */
  inARow: number | null;
}

interface SlowPlace {
  /** Null where the thread itself works. */
  culprit: Frame | null;
  frames: readonly Frame[];
  /** Of the time, 0 to 1. */
  share: number;
  /** Where it waits about as long, if no place alone takes most of the time; else null. */
  beside: { culprit: Frame; share: number } | null;
}

/** Who clicks notices a second; a single call of another service seldom takes as long. */
const SLOW_MS = 1_000;
/** One request or two may have met something else, such as the start of the program. */
const FEWEST_REQUESTS = 5;
const MOSTLY = 0.5;
/** Of two places that take most of the time together, each. */
const LEAST_OF_TWO = 0.25;
/** Fewer waits one after the other are what a careful program does too. */
const FEWEST_IN_A_ROW = 10;
/** Of the time. Looks then come as the loop turns again, when what waited for that has only just begun. */
const HELD_UP_SHARE = 0.25;
/** Of some requests the limit is not seen. */
const POLLING_SHARE = 0.5;
/** Who sets itself a limit of less than that waits for an answer, not for an event. */
const SHORTEST_POLL_MS = 5_000;
const LONG_POLL_MS = 10_000;
const UNEVEN_SHARE = 0.85;

/**
 * A route takes long, by those of its requests that ended lately. A single wait may be how it is
 * meant: only many in a row are a fault for sure, since they could be one.
 */
export const slowRoute: Detector<SlowRoute> = {
  name: 'slow-route',
  kind: 'SLOW_ROUTE',
  question: 'a route is slow',
  check(evidence) {
    if (evidence.routes === null) return evidence.requests === null ? null : TOO_EARLY;
    const queued = new Set(queuedRoutes(evidence).map(({ route }) => route));
    const slow = evidence.routes
      .map((route) => (isHeldUp(evidence) ? { ...route, waitsInARow: null } : route))
      .filter(({ recent }) => recent.count >= FEWEST_REQUESTS && recent.meanMs >= SLOW_MS)
      .filter(({ route }) => !isStreaming(evidence, route))
      .map((route) => ({ route, where: slowPlace(route) }))
      .filter((each): each is { route: RouteEvidence; where: SlowPlace } => each.where !== null)
      .map(({ route, where }) => ({ route, where, isRow: isRow(route, where) }))
      .filter(({ route, isRow }) => isRow || !(isLongPoll(route) || queued.has(route.route)))
      .sort((a, b) => Number(b.isRow) - Number(a.isRow) || totalMs(b.route) - totalMs(a.route));
    const [worst] = slow;
    if (worst === undefined) return null;
    const { route, where } = worst;
    const promiser = worst.isRow ? null : promiserFor(evidence, route.route, where);
    // A handler without a name says no more than its route.
    const isNews = promiser !== null && where.culprit !== null && isAnonymous(where.culprit);
    return {
      severity: worst.isRow ? 'WARNING' : 'NOTICE',
      culprit: isNews ? promiser.culprit : where.culprit,
      stack: isNews ? promiser.frames : where.frames,
      routes: [{ route: route.route, count: route.recent.count }],
      route: route.route,
      count: route.recent.count,
      meanMs: route.recent.meanMs,
      where,
      promiser: promiser?.culprit ?? null,
      inARow: worst.isRow ? route.waitsInARow : null,
    };
  },
  sentence({ route, count, meanMs, where, promiser, inARow }) {
    const subject = `${route} takes ${tenths(meanMs)} (${groupedDigits(count)} requests lately, on average)`;
    if (where.culprit === null) {
      return `${subject}, ${shareWords(where.share)} of it at work on the thread.`;
    }
    const row = inARow === null ? '' : `, which waits ≈${groupedDigits(inARow)} times in a row`;
    const promised = promiser === null ? '' : `, for what ${frameWords(promiser)} has promised`;
    const beside =
      where.beside === null
        ? ''
        : ` and ≈${shareWords(where.beside.share)} in ${frameWords(where.beside.culprit)}`;
    return `${subject}, ≈${shareWords(where.share)} of it waiting in ${frameWords(where.culprit)}${beside}${row}${promised}.`;
  },
  nextStep({ where, inARow }) {
    if (where.culprit === null) {
      return 'Take a CPU profile while requests of this route are served: it names the function.';
    }
    return inARow === null
      ? 'See in "Requests" what this line waits for: whether it can begin sooner, beside others, or be kept from before.'
      : 'Ask at once for what this line asks one after the other: all together, or by one query for all of it.';
  },
};

/** The function of the program that most of the time is spent in, or the two; null for none. */
function slowPlace(route: RouteEvidence): SlowPlace | null {
  return rowPlace(route) ?? mostPlace(route);
}

/** Who waits for one thing after the other, also through functions that are called for each of them. */
function rowPlace(route: RouteEvidence): SlowPlace | null {
  const { waits, waitsInARow, rowFrames: frames } = route;
  const culprit = culpritOf(frames);
  if (culprit === null || (waitsInARow ?? 0) < FEWEST_IN_A_ROW) return null;
  const share = waits
    .filter((wait) => wait.frames.some((frame) => isSameFunction(frame, culprit)))
    .reduce((sum, wait) => sum + wait.share, 0);
  return share >= MOSTLY ? { culprit, frames, share, beside: null } : null;
}

function mostPlace({ waits }: RouteEvidence): SlowPlace | null {
  const places = new Map<string, SlowPlace>();
  for (const { kind, frames, share } of waits) {
    const culprit = kind === 'WAIT' ? culpritOf(frames) : null;
    if (kind !== 'CPU' && culprit === null) continue;
    const key = culprit === null ? '' : `${culprit.function} ${culprit.file}`;
    const known = places.get(key);
    // The line with the largest share stands for its function.
    if (known === undefined) places.set(key, { culprit, frames, share, beside: null });
    else known.share += share;
  }
  const [most, second] = [...places.values()].sort((a, b) => b.share - a.share);
  if (most === undefined) return null;
  if (most.share >= MOSTLY) return most;
  if (most.culprit === null || second === undefined || second.culprit === null) return null;
  const share = most.share + second.share;
  if (second.share < LEAST_OF_TWO || share < MOSTLY) return null;
  const [outer] = [
    isCalledBy(most, second.culprit) ? second : null,
    isCalledBy(second, most.culprit) ? most : null,
  ].filter((place) => place !== null);
  // Where one of them calls the other, all of it is time of the one that calls.
  if (outer !== undefined) return { ...outer, share };
  return { ...most, beside: { culprit: second.culprit, share: second.share } };
}

/** By those of its requests that wait there now. */
function promiserFor(
  { requests }: Evidence,
  route: string,
  { culprit, beside }: SlowPlace,
): Line | null {
  if (culprit === null || beside !== null) return null;
  const there = (requests ?? []).filter(({ route: other, frames }) => {
    const at = other === route ? culpritOf(frames) : null;
    return at !== null && isSameFunction(at, culprit);
  });
  return there.length === 0 ? null : promiserOf(there);
}

function isCalledBy({ frames }: SlowPlace, caller: Frame): boolean {
  return frames.some((frame) => isSameFunction(frame, caller));
}

function isRow({ waitsInARow }: RouteEvidence, { culprit, beside }: SlowPlace): boolean {
  return culprit !== null && beside === null && (waitsInARow ?? 0) >= FEWEST_IN_A_ROW;
}

/** For so much of the time, by the program or by the machine, that the age of a wait does not tell how long waits are. */
function isHeldUp({ delays }: Evidence): boolean {
  if (delays === null) return false;
  return delays.totalMs + delays.starvedMs >= delays.watchedMs * HELD_UP_SHARE;
}

/** What streams its answer lasts as long as somebody listens. */
function isStreaming({ requests }: Evidence, route: string): boolean {
  const ofRoute = (requests ?? []).filter((request) => request.route === route);
  const unanswered = ofRoute.filter(({ isUnanswered }) => isUnanswered).length;
  return ofRoute.length > 0 && unanswered * 2 < ofRoute.length;
}

/**
 * Its requests wait for what may happen, each with a time limit: they are meant to take long. Those that last just as
 * long each time sleep, or what they ask is played by a timer.
 */
function isLongPoll({ waitsForEventShare, recent, maxMs }: RouteEvidence): boolean {
  const { meanMs } = recent;
  if (maxMs === null) return false;
  if ((waitsForEventShare ?? 0) < POLLING_SHARE || maxMs < SHORTEST_POLL_MS) return false;
  return meanMs >= LONG_POLL_MS || meanMs <= maxMs * UNEVEN_SHARE;
}

function totalMs({ recent }: RouteEvidence): number {
  return recent.count * recent.meanMs;
}

/** For example 4_130 → `4.1 s`. */
function tenths(ms: number): string {
  return ms < 10_000 ? `${(ms / 1_000).toFixed(1)} s` : durationText(ms);
}
