import { durationText } from '../../../base/text/duration.ts';
import type { Frame } from '../../../profile/profile.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import type { PastStall } from '../../evidence/loop.ts';
import type { Detection, Detector } from '../../finding.ts';
import { functionKey, hotFrameOf } from '../../hot-frame.ts';
import { isServing } from '../../serving.ts';
import { countWords, frameWords } from '../../words.ts';
import { blockedLoop } from './blocked-loop.ts';
import { isStarved } from './cpu-starved.ts';
import { delayedLoop } from './delayed-loop.ts';
import { releaseStep } from './held-by.ts';

interface StoodStill extends Detection {
  stalls: readonly PastStall[];
  /** In all of them, without the time in which the thread waited for a core. */
  ownMs: number;
  named: Frame;
  isNative: boolean;
  endedForMs: number;
}

/** Whoever comes a little later wants to know what it was. */
const TOLD_FOR_MS = 5 * 60_000;
/** A program that starts may take its time. */
const WARM_UP_MS = 8_000;
const LEAST_MS = 2_000;
/** So long, those who waited have noticed. */
const WARNING_MS = 5_000;
const MOST_SHARE = 0.5;
const STARVED_SHARE = 0.2;
/** A point that tells of a collection may come so long after it. */
const POINT_MS = 15_000;

/** The loop turns again, and did not for long: because of which line. */
export const stoodStill: Detector<StoodStill> = {
  name: 'stood-still',
  kind: 'SLOW_LOOP',
  question: 'the event loop is slow',
  check(evidence) {
    const told = evidence.pastStalls.filter((stall) => isTold(stall, evidence));
    const [most] = byFunction(told);
    if (most === undefined || most.ownMs < LEAST_MS) return null;
    if (isToldAlready(most.named, evidence)) return null;
    const isWarning = most.ownMs >= WARNING_MS && isServing(evidence) && !isStarved(evidence);
    return { severity: isWarning ? 'WARNING' : 'NOTICE', ...most, ...since(most, evidence) };
  },
  sentence({ stalls, ownMs, named, isNative, endedForMs }) {
    const where = `${isNative ? 'native code called by ' : ''}${frameWords(named)}`;
    const ago = `${durationText(endedForMs)} ago`;
    const [only] = stalls;
    if (stalls.length === 1 && only !== undefined) {
      return `The event loop stood still for ${lengthWords(only)}, until ${ago}: it was in ${where}.`;
    }
    const longestMs = Math.max(...stalls.map(ownMsOf));
    return `The event loop stood still ${countWords(stalls.length, 'time')}, the last until ${ago}, for ${durationText(ownMs)} together and up to ${durationText(longestMs)} at once: it was in ${where}.`;
  },
  nextStep: ({ isNative }) => releaseStep(isNative),
};

function isTold({ endedAtMs, lastedMs, state }: PastStall, evidence: Evidence): boolean {
  if (state !== 'RUNNING_JAVASCRIPT' && state !== 'IN_NATIVE_CODE') return false;
  const { nowMs, points } = evidence;
  const beganMs = points[0]?.timestampMs ?? nowMs;
  if (endedAtMs < nowMs - TOLD_FOR_MS || endedAtMs - lastedMs < beganMs + WARM_UP_MS) return false;
  return !isByCollections({ endedAtMs, lastedMs }, evidence);
}

/** Wherever a collection interrupts the program, that line is not to blame for it. */
function isByCollections(
  { endedAtMs, lastedMs }: Pick<PastStall, 'endedAtMs' | 'lastedMs'>,
  { points }: Evidence,
): boolean {
  const collectedMs = points
    .filter(
      ({ timestampMs }) =>
        timestampMs >= endedAtMs - lastedMs && timestampMs <= endedAtMs + POINT_MS,
    )
    .reduce((sum, { gcPauseTotalMs }) => sum + (gcPauseTotalMs ?? 0), 0);
  return collectedMs >= lastedMs * MOST_SHARE;
}

interface OfFunction extends Pick<StoodStill, 'stalls' | 'ownMs' | 'named' | 'isNative'> {
  stack: readonly Frame[];
}

/** Most time first. */
function byFunction(stalls: readonly PastStall[]): OfFunction[] {
  const functions = new Map<string, PastStall[]>();
  for (const stall of stalls) {
    const named = hotFrameOf(stall.frames);
    if (named === null) continue;
    const key = functionKey(named);
    functions.set(key, [...(functions.get(key) ?? []), stall]);
  }
  return [...functions.values()].flatMap(ofFunction).sort((a, b) => b.ownMs - a.ownMs);
}

function ofFunction(stalls: readonly PastStall[]): OfFunction[] {
  const [longest] = [...stalls].sort((a, b) => ownMsOf(b) - ownMsOf(a));
  const named = hotFrameOf(longest?.frames ?? []);
  if (longest === undefined || named === null) return [];
  const ownMs = stalls.reduce((sum, stall) => sum + ownMsOf(stall), 0);
  const isNative = longest.state === 'IN_NATIVE_CODE';
  return [{ stalls, ownMs, named, isNative, stack: longest.frames }];
}

/** For example `12 s`, `8 s, and 23 s more in which it got no core`. */
function lengthWords(stall: PastStall): string {
  const own = durationText(ownMsOf(stall));
  const isStarved = stall.starvedMs >= stall.lastedMs * STARVED_SHARE;
  return isStarved
    ? `${own}, and ${durationText(stall.starvedMs)} more in which it got no core`
    : own;
}

const ownMsOf = ({ lastedMs, starvedMs }: PastStall) => Math.max(0, lastedMs - starvedMs);

function since({ stalls, named }: OfFunction, { nowMs }: Evidence) {
  const begunMs = Math.min(...stalls.map(({ endedAtMs, lastedMs }) => endedAtMs - lastedMs));
  const endedMs = Math.max(...stalls.map(({ endedAtMs }) => endedAtMs));
  return { culprit: named, sinceMs: begunMs, endedForMs: Math.max(0, nowMs - endedMs) };
}

/** It stands still again, or is held up again and again by the same function. */
function isToldAlready(named: Frame, evidence: Evidence): boolean {
  return [blockedLoop, delayedLoop].some((detector) => {
    const found = (detector as Detector).check(evidence);
    if (found === null || typeof found === 'string') return false;
    return functionKey(found.culprit) === functionKey(named);
  });
}
