import { isOwn } from '../../../base/files/frame-origin.ts';
import { durationText } from '../../../base/text/duration.ts';
import type { Frame } from '../../../profile/profile.ts';
import { isSameFunction } from '../../../profile/same-function.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import type { DelayEvidence, DelayPlace } from '../../evidence/loop.ts';
import type { Detection, Detector } from '../../finding.ts';
import { isServing } from '../../serving.ts';
import { countWords, culpritOf, frameWords, shareWords } from '../../words.ts';
import { isStarved } from './cpu-starved.ts';
import { releaseStep } from './held-by.ts';

interface DelayedLoop extends Detection {
  count: number;
  watchedMs: number;
  totalMs: number;
  worstMs: number;
  named: Frame;
  /** Of the delays' time, 0 to 1. */
  share: number;
  isNative: boolean;
}

/** Less is a burst. */
const FEWEST_DELAYS = 5;
const SHORTEST_WATCH_MS = 5_000;
/** Of the time. Below, requests meet a delay too seldom to matter. */
const DELAYED_SHARE = 0.02;
/** On average. Of shorter ones nobody is woken. */
const WARNING_MS = 100;
/** A line that made less of it is one of many. */
const CULPRIT_SHARE = 0.4;
const MOST_SHARE = 0.5;
/** Of the time of a caller: a function that was met for less is one of many that it calls. */
const CALLEE_SHARE = 0.25;
/** What it ran is known of another window than the delays. */
const RAN_TOLERANCE = 1.5;

/** The loop is held up again and again, each time for less than a stall: by which line. */
export const delayedLoop: Detector<DelayedLoop> = {
  name: 'delayed-loop',
  kind: 'SLOW_LOOP',
  question: 'the event loop is slow',
  check(evidence) {
    const { delays } = evidence;
    if (delays === null || !isDelayed(delays) || isByCollections(evidence, delays)) return null;
    if (isByStarvation(evidence, delays)) return null;
    const largest = largestPlace(evidence, delays);
    const culprit = culpritOf(largest?.frames ?? []);
    if (largest === null || culprit === null || largest.share < CULPRIT_SHARE) return null;
    const { watchedMs, totalMs, worstMs, count, sinceMs } = delays;
    return {
      severity: isWarning(evidence, delays) ? 'WARNING' : 'NOTICE',
      ...(sinceMs === null ? {} : { sinceMs }),
      culprit,
      stack: largest.frames,
      count,
      watchedMs,
      totalMs,
      worstMs,
      named: culprit,
      share: largest.share,
      isNative: largest.isNative,
    };
  },
  sentence({ count, watchedMs, totalMs, worstMs, share, named, isNative }) {
    const held = `${countWords(count, 'time')} in ${durationText(watchedMs)}, for ${durationText(totalMs)} together and up to ${durationText(worstMs)} at once`;
    const by = isNative ? 'native code called by' : 'in';
    return `Event loop held up ${held}: ≈${shareWords(share)} of it ${isNative ? `in ${by}` : by} ${frameWords(named)}.`;
  },
  nextStep: ({ isNative }) => releaseStep(isNative),
};

/** Often enough to matter, whatever the cause. */
export function isDelayed({ count, totalMs, watchedMs }: DelayEvidence): boolean {
  return (
    watchedMs >= SHORTEST_WATCH_MS && count >= FEWEST_DELAYS && totalMs >= watchedMs * DELAYED_SHARE
  );
}

/** A job that nobody waits for may hold its own loop, and what is starved is late anyway. */
function isWarning(evidence: Evidence, { totalMs, count }: DelayEvidence): boolean {
  return totalMs >= count * WARNING_MS && isServing(evidence) && !isStarved(evidence);
}

interface LargestPlace {
  frames: readonly Frame[];
  /** Of the delays' time, 0 to 1. */
  share: number;
  isNative: boolean;
}

/** By a CPU profile where the looks met native code, and one was taken. */
function largestPlace({ hotCode }: Evidence, delays: DelayEvidence): LargestPlace | null {
  const [hot] = hotCode?.places ?? [];
  if (hotCode !== null && hot !== undefined && isDelayedByNative(delays)) {
    const isNative = isSeenNative(delays) ?? !hot.frames.slice(0, 1).some(isOwn);
    return { frames: hot.frames, share: hot.ms / hotCode.busyMs, isNative };
  }
  const [seen] = delays.places;
  if (seen === undefined) return null;
  const { frames, ms, nativeMs } = withCallee(seen, delays.places);
  return { frames, share: ms / delays.totalMs, isNative: nativeMs >= ms * MOST_SHARE };
}

/** Who was met as native code returned may have called who was met within: that one is to blame, for the time of both. */
function withCallee(seen: DelayPlace, places: readonly DelayPlace[]): DelayPlace {
  const [top] = seen.frames;
  if (top === undefined || seen.nativeMs < seen.ms * MOST_SHARE) return seen;
  const callee = places.find(
    ({ frames, ms }) =>
      ms >= seen.ms * CALLEE_SHARE && frames.slice(1).some((frame) => isSameFunction(frame, top)),
  );
  if (callee === undefined) return seen;
  const { frames, ms, nativeMs } = callee;
  return { frames, ms: ms + seen.ms, nativeMs: nativeMs + seen.nativeMs };
}

/** The look that meets native code finds who is next, not always who called it: a CPU profile tells. */
export function isDelayedByNative(delays: DelayEvidence | null): boolean {
  if (delays === null || !isDelayed(delays)) return false;
  return nativeMsOf(delays) + delays.unseenMs >= delays.totalMs * MOST_SHARE;
}

/** By the looks that met somebody: of short delays many end before. Null where none did. */
function isSeenNative(delays: DelayEvidence): boolean | null {
  const seenMs = delays.totalMs - delays.unseenMs;
  return seenMs <= 0 ? null : nativeMsOf(delays) >= seenMs * MOST_SHARE;
}

function nativeMsOf({ places }: DelayEvidence): number {
  return places.reduce((sum, { nativeMs }) => sum + nativeMs, 0);
}

/** A starved thread that is late for longer than it ran waits for other threads that are starved as well. */
function isByStarvation(evidence: Evidence, { totalMs, watchedMs }: DelayEvidence): boolean {
  const { cpuTime } = evidence;
  if (cpuTime === null || !isStarved(evidence)) return false;
  return totalMs / watchedMs > (cpuTime.ranMs / cpuTime.lastedMs) * RAN_TOLERANCE;
}

/** Wherever a collection interrupts the program, that line is not to blame for it. */
function isByCollections({ points, nowMs }: Evidence, delays: DelayEvidence): boolean {
  const { totalMs, watchedMs } = delays;
  const collectedMs = points
    .filter(({ timestampMs }) => timestampMs >= nowMs - watchedMs)
    .reduce((sum, { gcPauseTotalMs }) => sum + (gcPauseTotalMs ?? 0), 0);
  return nativeMsOf(delays) >= totalMs * MOST_SHARE && collectedMs >= totalMs * MOST_SHARE;
}
