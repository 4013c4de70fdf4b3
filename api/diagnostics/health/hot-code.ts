/**
 * Where the time of a busy thread goes, by a short CPU profile: taken only where the points or the
 * delays are reason to, and ever more seldom while they stay.
 */

import { isOwn } from '../../base/files/frame-origin.ts';
import { withDeadline } from '../../base/waiting/deadline.ts';
import { busyTime } from '../../health/busy-time.ts';
import { isDelayedByNative } from '../../health/detectors/loop/delayed-loop.ts';
import type { Evidence } from '../../health/evidence/evidence.ts';
import type { HotCodeEvidence, LoopEvidence } from '../../health/evidence/loop.ts';
import { functionKey, hotFrameOf, hotStackOf } from '../../health/hot-frame.ts';
import type { Frame } from '../../profile/profile.ts';
import { hotCodeOf } from '../cpu/hot-code.ts';
import type { CpuProfile } from '../cpu/profile.ts';

export interface HotCodeOptions {
  /** Takes a short CPU profile; null where it had to give way to another. */
  glance: (options: { seconds: number }) => Promise<CpuProfile | null>;
  /** What the thread runs now, top frame first; null where it cannot be looked into. */
  look: (() => Promise<readonly Frame[]>) | null;
  nowMs?: () => number;
}

export interface HotCode {
  /** Null where there was no reason to look lately. */
  evidence(): HotCodeEvidence | null;
  /** Never rejects. */
  suspect(known: Omit<Evidence, 'nowMs'>): Promise<void>;
}

/** Some hundred samples of a thread that is always busy. */
const BUSY_SECONDS = 1.5;
/** Long enough to meet several delays. */
const DELAYS_SECONDS = 5;
/** By then there have been several looks. */
const UNCLEAR_STALL_MS = 3_000;
const FIRST_DISTANCE_MS = 30_000;
const LONGEST_DISTANCE_MS = 10 * 60_000;
/** Without a reason for so long, what was found is of the past. */
const FORGOTTEN_AFTER_MS = 60_000;
/** V8 looks through the heap at the start: 10 ms, and more for each megabyte. More than this is not taken. */
const PAUSE_MS_PER_BYTE = 0.6e-6;
const LONGEST_PAUSE_MS = 300;

/** Of a few, one is likely to meet a function that takes much of the time. Each takes the program a millisecond. */
const LINE_LOOKS = 8;
const LINE_LOOKS_DISTANCE_MS = 60;
/** Native code lets nobody look. */
const LINE_LOOK_WITHIN_MS = 500;

export function createHotCode({ glance, look, nowMs = Date.now }: HotCodeOptions): HotCode {
  let found: HotCodeEvidence | null = null;
  let foundAtMs = Number.NEGATIVE_INFINITY;
  let reasonAtMs = Number.NEGATIVE_INFINITY;
  let nextAtMs = Number.NEGATIVE_INFINITY;
  let distanceMs = FIRST_DISTANCE_MS;
  let isLooking = false;

  function begin(): void {
    found = null;
    nextAtMs = Number.NEGATIVE_INFINITY;
    distanceMs = FIRST_DISTANCE_MS;
  }

  async function lookAt(seconds: number): Promise<void> {
    isLooking = true;
    nextAtMs = nowMs() + distanceMs;
    distanceMs = Math.min(2 * distanceMs, LONGEST_DISTANCE_MS);
    try {
      const takenAtMs = nowMs();
      const profile = await glance({ seconds });
      if (profile === null) return;
      const hotCode = hotCodeOf(profile, takenAtMs);
      found = look === null ? hotCode : await withLines(hotCode, look);
      foundAtMs = nowMs();
    } catch {
      // Another tool has the sampler, or the thread does not answer: then it is not told.
    } finally {
      isLooking = false;
    }
  }

  return {
    evidence: () => (nowMs() - reasonAtMs > FORGOTTEN_AFTER_MS ? null : found),
    async suspect({ points, cpuTime, delays, loop }) {
      const isUnclear = isUnclearStall(loop);
      const isBusy = isUnclear || busyTime(points, cpuTime) !== null;
      if (!isBusy && !isDelayedByNative(delays)) return;
      // What was found before the stall is of something else.
      const isNew = isUnclear && foundAtMs < nowMs() - loop!.blockedForMs;
      if (isNew || nowMs() - reasonAtMs > FORGOTTEN_AFTER_MS) begin();
      reasonAtMs = nowMs();
      if (isLooking || nowMs() < nextAtMs) return;
      const heapBytes = points.at(-1)?.alloc ?? 0;
      if (heapBytes * PAUSE_MS_PER_BYTE > LONGEST_PAUSE_MS) return;
      await lookAt(isBusy ? BUSY_SECONDS : DELAYS_SECONDS);
    },
  };
}

/**
 * The looks at a stall met no code of the program: compiled functions that call nothing are not interrupted,
 * as in a chain of promises that never ends. A CPU profile meets them. Or they met several functions: then they
 * do not tell whether the last one takes long, or is called again and again.
 */
function isUnclearStall(loop: LoopEvidence | null): boolean {
  if (loop?.state !== 'RUNNING_JAVASCRIPT' || loop.blockedForMs < UNCLEAR_STALL_MS) return false;
  return new Set(loop.frames.filter(isOwn).map(functionKey)).size !== 1;
}

/** A profile tells where a function begins; a look into the thread, at which line it is. */
async function withLines(
  hotCode: HotCodeEvidence,
  look: () => Promise<readonly Frame[]>,
): Promise<HotCodeEvidence> {
  const seen = new Map<string, readonly Frame[]>();
  for (let looks = 0; looks < LINE_LOOKS; looks += 1) {
    const frames = await withDeadline(look(), LINE_LOOK_WITHIN_MS, () => []);
    const hot = hotFrameOf(frames);
    if (hot !== null) seen.set(functionKey(hot), hotStackOf(frames));
    await new Promise((resolve) => setTimeout(resolve, LINE_LOOKS_DISTANCE_MS).unref());
  }
  const places = hotCode.places.map((place) => {
    const frames = seen.get(functionKey(hotFrameOf(place.frames)));
    return frames === undefined ? place : { ...place, frames: withNameOf(place.frames, frames) };
  });
  return { ...hotCode, places };
}

/** The name without the object that it was called on. */
function withNameOf(profiled: readonly Frame[], [top, ...callers]: readonly Frame[]): Frame[] {
  const name = hotFrameOf(profiled)?.function;
  return top === undefined ? [] : [{ ...top, function: name ?? top.function }, ...callers];
}
