import { isOwn } from '../../../base/files/frame-origin.ts';
import { bytesText } from '../../../base/text/bytes.ts';
import { durationText } from '../../../base/text/duration.ts';
import type { Frame } from '../../../profile/profile.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import { type Detection, type Detector, TOO_EARLY } from '../../finding.ts';
import { floorGrowth } from '../../growth/floor-growth.ts';
import {
  growersBesideRequests,
  growersOf,
  growerWords,
  madeForRequestsShare,
  type PromiseMaker,
  promiseMakerOf,
} from '../../growth/growers.ts';
import { growthBesideUsers, type LeftGrowth } from '../../growth/left-growth.ts';
import { countWords, culpritOf, frameWords, nearestOf, shareWords } from '../../words.ts';

interface HeapGrowth extends Detection {
  /** Absent where the heap does not tell yet. */
  bytes?: number;
  lastedMs: number;
  bytesPerRequest: number | null;
  /** Which lines grew most, in words; empty where nobody knows. */
  who: string;
  /** Null where no line makes promises that stay. */
  maker: PromiseMaker | null;
  /** No line is known, but most of it is what Node and packages make for each request. */
  areRequests: boolean;
}

const GROWN_BYTES = 20e6;
const GROWN_SHARE = 0.15;
/** The same where it is known of what kind it is. */
const REQUESTS_BYTES = 5e6;
/** The same where it grows with requests, and has done so for long. */
const LONG_BYTES = 10e6;
const LONG_MS = 2 * 60_000;

/** Until then it may be a cache that is being filled. */
const CONVINCING_MS = 4 * 60_000;
/** Sooner, where it would not last long. */
const SOON_CONVINCING_MS = 90_000;
const SOON_FULL_MS = 30 * 60_000;
const EARLY_MS = 30_000;
/** So much for each client that has come and stays is a leak for sure, whatever it has of its own. */
const CONVINCING_BYTES_OF_USER = 100e3;
const LEAST_PROMISES_PER_SECOND = 1;
const REQUESTS_SHARE = 0.5;
/** Whose line made so much of it is told, whatever it was made for. */
const MOST_SHARE = 0.5;
/** Of what the program itself made of it: a line with less is one of several. */
const BESIDE_SHARE = 0.5;

/** Even what remains after collections keeps growing. */
export const heapGrowth: Detector<HeapGrowth> = {
  name: 'heap-growth',
  kind: 'HEAP_GROWTH',
  question: 'the heap grows',
  check(evidence) {
    if (evidence.kind === 'FILE') return null;
    return evidence.heap === null ? byFloor(evidence) : byCollections(evidence);
  },
  sentence({ bytes, lastedMs, bytesPerRequest, who, maker }) {
    const each = bytesPerRequest === null ? '' : ` (≈ ${bytesText(bytesPerRequest)} a request)`;
    if (bytes === undefined) return maker === null ? '' : `${promisesWords(maker)}.`;
    const growth = `Heap grew ${bytesText(bytes)} in ${durationText(lastedMs)}${each}`;
    if (maker === null) return `${growth}${who === '' ? '' : `, ${who}`}.`;
    return `${growth}: ${promisesWords(maker)}${who === '' ? '' : `; ${who}`}.`;
  },
  nextStep({ maker, who, areRequests }) {
    if (maker?.call != null) {
      return 'Look which promise at this line outlives its callers: each `race`, `then` or `await` on it stays in memory until it is settled; end it, or take a new one each time.';
    }
    if (maker !== null) {
      return 'Look where this line puts the promises that it is given: nothing ever takes them out again.';
    }
    if (areRequests) {
      return 'Look at the lines named, if any, and where else requests or responses, or what refers to them, are put: into a list, a map, a listener or a closure that nothing takes them out of once the response has finished; `takeHolders` names what holds them, for the pause that its estimate tells.';
    }
    return who === ''
      ? 'Read `inuseAllocations` now and in a minute: the stack that grew holds what is kept.'
      : 'Look where what is made at this line is put: into a collection, a listener or a closure that nothing ever takes it out of.';
  },
};

function promisesWords({ keptPerSecond, call, culprit }: PromiseMaker): string {
  const promises = `≈ ${countWords(Math.max(1, keptPerSecond), 'promise')} a second`;
  const made =
    call === null
      ? `that ${frameWords(culprit)} was given`
      : `that ${call} makes in ${frameWords(culprit)}`;
  return `${promises} ${made} stay in memory`;
}

/** Of a target that tells nothing of its collections: the lowest points tell what is kept. */
function byFloor(evidence: Evidence): HeapGrowth | typeof TOO_EARLY | null {
  const told = evidence.points.filter(({ alloc }) => alloc !== null);
  const floor = floorGrowth(told, ({ alloc }) => alloc ?? 0);
  if (floor === null) return TOO_EARLY;
  const { before: beforeBytes, grown: bytes, lastedMs } = floor;
  if (bytes < GROWN_BYTES || bytes < beforeBytes * GROWN_SHARE) return null;
  return {
    severity: 'WARNING',
    ...whoGrew({ ...evidence, heap: null }),
    bytes,
    grownShare: bytes / Math.max(1, beforeBytes),
    lastedMs,
    bytesPerRequest: null,
  };
}

function byCollections(evidence: Evidence): HeapGrowth | typeof TOO_EARLY | null {
  const { points, heap, heapLimitBytes } = evidence;
  const growth = growthBesideUsers(evidence);
  if (growth === null) {
    const pile = pileOfPromises(evidence);
    if (pile !== null) return pile;
    const knownMs = (points.at(-1)?.timestampMs ?? 0) - (points[0]?.timestampMs ?? 0);
    const isSuspected = heap !== null && heap.left.length > 0;
    return knownMs < EARLY_MS || isSuspected ? TOO_EARLY : null;
  }
  const { sinceMs, grownBytes: bytes, leftBytes, lastedMs, bytesPerRequest } = growth;
  const who = whoGrew(evidence);
  // Without a line it must be more than what the runtime itself is made of; promises that pile up are known by themselves.
  const isKnown = isSure(who) || who.maker !== null;
  if (!isKnown && !isLarge(growth, leastBytes(growth, who))) return null;
  return {
    severity: isSure(who) && isConvincing(growth, heapLimitBytes) ? 'WARNING' : 'NOTICE',
    sinceMs,
    ...who,
    bytes,
    grownShare: bytes / Math.max(1, leftBytes - bytes),
    lastedMs,
    bytesPerRequest,
  };
}

function leastBytes({ lastedMs, bytesPerRequest }: LeftGrowth, { areRequests }: Who): number {
  if (areRequests) return REQUESTS_BYTES;
  return lastedMs >= LONG_MS && bytesPerRequest !== null ? LONG_BYTES : GROWN_BYTES;
}

/** So small that the heap does not tell yet, but for ever. */
function pileOfPromises(evidence: Evidence): HeapGrowth | null {
  const maker = promiseMakerOf(evidence);
  if (maker === null || maker.keptPerSecond < LEAST_PROMISES_PER_SECOND) return null;
  const { culprit, frames: stack } = maker;
  return {
    severity: 'NOTICE',
    culprit,
    stack,
    lastedMs: 0,
    bytesPerRequest: null,
    who: '',
    maker,
    areRequests: false,
  };
}

/** Long and large enough that a warm-up or a cache that fills would be over. */
function isConvincing(
  { grownBytes, leftBytes, lastedMs, bytesPerMs, bytesPerUser }: LeftGrowth,
  limitBytes: number | null,
): boolean {
  if (!isLarge({ grownBytes, leftBytes })) return false;
  if ((bytesPerUser ?? Infinity) <= CONVINCING_BYTES_OF_USER) return false;
  const leftMs = limitBytes === null ? Infinity : (limitBytes - leftBytes) / bytesPerMs;
  return lastedMs >= (leftMs < SOON_FULL_MS ? SOON_CONVINCING_MS : CONVINCING_MS);
}

function isLarge(
  { grownBytes, leftBytes }: Pick<LeftGrowth, 'grownBytes' | 'leftBytes'>,
  leastBytes = GROWN_BYTES,
): boolean {
  return grownBytes >= leastBytes && grownBytes >= GROWN_SHARE * (leftBytes - grownBytes);
}

type Who = Pick<HeapGrowth, 'culprit' | 'stack' | 'who' | 'maker' | 'areRequests'>;

function whoGrew(evidence: Evidence): Who {
  const growers = growersOf(evidence);
  const maker = promiseMakerOf(evidence);
  const stack = maker?.frames ?? growers[0]?.frames ?? [];
  const culprit = maker?.culprit ?? nearestOf(stack);
  const isTold = maker !== null || (isOfProgram(culprit) && growers[0]!.share >= MOST_SHARE);
  const share = isTold ? 0 : madeForRequestsShare(evidence);
  if (share >= REQUESTS_SHARE) return withRequests(evidence, share);
  return { culprit, stack, who: growerWords(growers), maker, areRequests: false };
}

/** What is made for requests is kept by whoever refers to them: what the program itself made of what stays tells where to look. */
function withRequests(evidence: Evidence, share: number): Who {
  const growers = growersBesideRequests(evidence);
  const [first] = growers;
  const stack = first !== undefined && first.share >= BESIDE_SHARE ? first.frames : [];
  const lines = growers.map(({ frame }) => frameWords(frame));
  const made = `≈ ${shareWords(share)} of it made by Node and packages for each request`;
  const beside =
    lines.length === 0 ? '' : `; what the program itself made of it is from ${lines.join(', ')}`;
  return {
    culprit: culpritOf(stack),
    stack,
    who: `${made}${beside}`,
    maker: null,
    areRequests: true,
  };
}

/** What stays beside requests may as well be what is kept with them. */
function isSure({ culprit, areRequests }: Who): boolean {
  return isOfProgram(culprit) && !areRequests;
}

function isOfProgram(culprit: Frame | null | undefined): boolean {
  return culprit != null && isOwn(culprit);
}
