/** Which lines of the program make the heap grow, as far as samples tell. */
import { isOwn } from '../../base/files/frame-origin.ts';
import { lineKey } from '../../profile/line-key.ts';
import type { Frame } from '../../profile/profile.ts';
import type { Evidence } from '../evidence/evidence.ts';
import type { KeptPromisesEvidence } from '../evidence/heap.ts';
import { culpritOf, frameWords, nearestOf, shareWords } from '../words.ts';

interface Grower {
  frame: Frame;
  frames: readonly Frame[];
  /** Of all that grew, 0 to 1. */
  share: number;
}

/** Who grew less is not to blame for all of it. */
const LEAST_SHARE = 0.2;
/** Whose share is no smaller than this part of the largest is as much to blame. */
const TIE = 0.75;
const MOST_TIED = 3;

/** The line that grew most, and those that grew about as much; empty where none stands out. */
export function growersOf({ growth }: Pick<Evidence, 'growth'>): Grower[] {
  const allBytes = growth.reduce((sum, { grownBytes }) => sum + Math.max(0, grownBytes), 0);
  const growers = growth.flatMap(({ frames, grownBytes, marginBytes }): Grower[] => {
    const frame = nearestOf(frames) ?? frames[0];
    const isCertain = grownBytes > (marginBytes ?? 0) / 2;
    if (frame === undefined || grownBytes <= 0 || !isCertain) return [];
    return [{ frame, frames, share: grownBytes / allBytes }];
  });
  const most = growers[0]?.share ?? 0;
  if (most < LEAST_SHARE) return [];
  return growers.filter(({ share }) => share >= TIE * most).slice(0, MOST_TIED);
}

/** For example `≈ 96 % of it from search (src/search.ts:4)`. */
export function growerWords(growers: readonly Grower[]): string {
  return growers
    .map(({ frame, share }, at) => {
      const part = at === 0 ? `≈ ${shareWords(share)} of it from` : `≈ ${shareWords(share)} from`;
      return `${part} ${frameWords(frame)}`;
    })
    .join(', ');
}

const HTTP_SERVER = /^node:_http_(?:server|common|incoming)$/;

/** What Node makes there for a request or a response belongs to those, whoever has called it. */
const OF_ANSWERS =
  /^node:(?:_http_|net$|buffer$|events$|internal\/(?:http|streams|stream_base|async_hooks))/;

/**
 * Of all that grew, the share that Node and packages make for each request, 0 to 1: requests, responses and what hangs
 * on them. Of what lines of the program have called, only what Node then made for the answer.
 */
export function madeForRequestsShare({ growth }: Pick<Evidence, 'growth'>): number {
  let allBytes = 0;
  let ofRequestsBytes = 0;
  for (const { frames, grownBytes } of growth) {
    if (grownBytes <= 0) continue;
    allBytes += grownBytes;
    const isOfRequest = frames.some(({ file }) => HTTP_SERVER.test(file));
    const isMade = culpritOf(frames) === null || OF_ANSWERS.test(frames[0]?.file ?? '');
    if (isOfRequest && isMade) ofRequestsBytes += grownBytes;
  }
  return allBytes === 0 ? 0 : ofRequestsBytes / allBytes;
}

/**
 * The lines of the program that made part of what is kept beside those, most first; empty where samples do not tell.
 * What they had Node or packages make may hang on the answer.
 */
export function growersBesideRequests({ growth }: Pick<Evidence, 'growth'>): Grower[] {
  const own = growth.flatMap(({ frames, grownBytes, marginBytes }) => {
    const frame = culpritOf(frames);
    const isCertain = grownBytes > (marginBytes ?? 0) / 2;
    const isMadeThere = isOwnOrBuiltIn(frames[0]);
    if (frame === null || grownBytes <= 0 || !isCertain || !isMadeThere) return [];
    return [{ frame, frames, grownBytes }];
  });
  const allBytes = own.reduce((sum, { grownBytes }) => sum + grownBytes, 0);
  return own
    .slice(0, MOST_TIED)
    .map(({ frame, frames, grownBytes }) => ({ frame, frames, share: grownBytes / allBytes }));
}

/** Such as `Map.set`, whose map has been made larger. */
function isOwnOrBuiltIn(frame: Frame | undefined): boolean {
  return frame !== undefined && (frame.file === '' || isOwn(frame));
}

const FEWEST_SAMPLES = 6;
const KEPT_SHARE = 0.9;
/** One of the two or more that a `race` makes: the others hang on what is settled. */
const DERIVED_KEPT_SHARE = 0.2;
/** Made to hang on another promise, which is not settled if they stay. */
const DERIVED = /^(?:async )?Promise\.(?:then|catch|finally|race|any|all|allSettled)$/;

export interface PromiseMaker {
  culprit: Frame;
  frames: readonly Frame[];
  /** What was called there, such as `Promise.race`; null where it was an async function. */
  call: string | null;
  keptPerSecond: number;
}

/** The line whose promises stay in memory although nobody waits for them any more; null for none. */
export function promiseMakerOf({ heap }: Pick<Evidence, 'heap'>): PromiseMaker | null {
  const makers = new Map<string, PromiseMaker>();
  for (const place of heap?.promises ?? []) {
    if (!isLeak(place)) continue;
    const maker = makerOf(place);
    if (maker === null) continue;
    const key = lineKey(maker.culprit);
    const known = makers.get(key);
    if (known === undefined) makers.set(key, maker);
    else known.keptPerSecond = Math.max(known.keptPerSecond, maker.keptPerSecond);
  }
  return [...makers.values()].sort((a, b) => b.keptPerSecond - a.keptPerSecond)[0] ?? null;
}

export function isDerived({ frames }: Pick<KeptPromisesEvidence, 'frames'>): boolean {
  return DERIVED.test(frames[0]?.function ?? '');
}

function isLeak({ frames, sampled, kept, settled }: KeptPromisesEvidence): boolean {
  if (kept < FEWEST_SAMPLES) return false;
  if (isDerived({ frames })) return kept >= DERIVED_KEPT_SHARE * sampled;
  return kept >= KEPT_SHARE * sampled && settled >= KEPT_SHARE * kept;
}

/** An async function has no part in what becomes of its outcome: its caller has. */
function makerOf({ frames, keptPerSecond }: KeptPromisesEvidence): PromiseMaker | null {
  const [top, ...callers] = frames;
  const isOutcome = top !== undefined && top.file !== '';
  const ofProgram = (isOutcome ? culpritOf(callers) : null) ?? culpritOf(frames);
  // What hangs on another promise is nobody's cache, so that a package which works by itself is told as well.
  const culprit = ofProgram ?? (isDerived({ frames }) ? nearestOf(frames) : null);
  if (culprit === null) return null;
  const builtIns = frames.slice(
    0,
    frames.findIndex(({ file }) => file !== ''),
  );
  const call = isOutcome ? null : callWords(builtIns.at(-1));
  return { culprit, frames, call, keptPerSecond };
}

/** Before Node 26, V8 calls `Promise.race` `Function.race`, as it does all static methods. */
function callWords(builtIn: Frame | undefined): string | null {
  return builtIn?.function.replace(/^(async )?Function\./, '$1Promise.') ?? null;
}
