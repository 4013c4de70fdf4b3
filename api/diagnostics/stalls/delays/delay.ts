/** What is known of one short delay of the event loop, and what many of them add up to. */
import { isDelayed } from '../../../health/detectors/loop/delayed-loop.ts';
import type { DelayEvidence, DelayPlace } from '../../../health/evidence/loop.ts';
import { functionKey, hotFrameOf, hotStackOf } from '../../../health/hot-frame.ts';
import { SHORTEST_DELAY_MS } from '../../../link/quick-heartbeat.ts';
import type { Frame } from '../../../profile/profile.ts';

/** What one look found while the loop did not turn. */
export interface DelaySight {
  /** Top frame first; empty where no JavaScript ran. */
  frames: readonly Frame[];
  /** The answer came as native code returned: it was called here, or in what has just returned to here. */
  isNative: boolean;
  /** The thread worked for pprofql. */
  isOwnWork: boolean;
}

export interface Delay {
  endedAtMs: number;
  lastedMs: number;
  /** Of that, how long the thread was kept from running. */
  waitedMs: number;
  /** May grow after the end: an answer can come late. */
  sights: DelaySight[];
}

/** A person notices it, if not each time. Shorter ones matter only where they take much of the time. */
export const LONG_DELAY_MS = 50;
/** Of the time. Each is told to last half a beat longer than it does, so that this is a fifth of it. */
const BRIEF_SHARE = 0.25;

/**
 * The delays of a time in which the loop was watched for so long, by the line that made them: the long ones, and the
 * short ones as well where those take no notable part of the time and all together take much of it.
 */
export function sumOfDelays(delays: readonly Delay[], watchedMs: number): DelayEvidence {
  const long = sumFrom(LONG_DELAY_MS, delays, watchedMs);
  if (isDelayed(long)) return long;
  const all = sumFrom(SHORTEST_DELAY_MS, delays, watchedMs);
  return all.totalMs >= watchedMs * BRIEF_SHARE ? all : long;
}

function sumFrom(shortestMs: number, delays: readonly Delay[], watchedMs: number): DelayEvidence {
  const sum: DelayEvidence = {
    watchedMs,
    sinceMs: null,
    count: 0,
    totalMs: 0,
    worstMs: 0,
    starvedMs: 0,
    ownWorkMs: 0,
    unseenMs: 0,
    places: [],
  };
  const places = new Map<string, DelayPlace>();
  for (const delay of delays) {
    sum.starvedMs += delay.waitedMs;
    const usedMs = delay.lastedMs - delay.waitedMs;
    // Given a core, it would have been over before anybody noticed.
    if (usedMs < shortestMs) continue;
    if (delay.sights.some(({ isOwnWork }) => isOwnWork)) {
      sum.ownWorkMs += usedMs;
      continue;
    }
    sum.sinceMs ??= delay.endedAtMs - delay.lastedMs;
    sum.count += 1;
    sum.totalMs += usedMs;
    sum.worstMs = Math.max(sum.worstMs, usedMs);
    const telling = delay.sights.filter(({ frames }) => frames.length > 0);
    if (telling.length === 0) sum.unseenMs += usedMs;
    for (const sight of telling) addTo(places, sight, usedMs / telling.length);
  }
  sum.places = [...places.values()].sort((a, b) => b.ms - a.ms);
  return sum;
}

/** By function: one loop is met on several of its lines, and told by the stack that was met first. */
function addTo(
  places: Map<string, DelayPlace>,
  { frames, isNative }: DelaySight,
  ms: number,
): void {
  const key = functionKey(hotFrameOf(frames) ?? frames[0]);
  const place = places.get(key) ?? { frames: hotStackOf(frames), ms: 0, nativeMs: 0 };
  place.ms += ms;
  if (isNative) place.nativeMs += ms;
  places.set(key, place);
}
