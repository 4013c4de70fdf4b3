/**
 * A sign of life of the observed loop: a timer there writes the time into memory that the sidecar
 * reads with its own clock. No message is sent, so a silent thread costs neither side anything.
 */

import { atomicLoad, atomicStore, OwnSharedArrayBuffer } from '../base/builtins.ts';
import { math } from '../base/numbers/math.ts';
import { NS_PER_MS } from '../base/numbers/units.ts';
import { clearInterval, monotonicNs, setInterval } from '../base/own-time.ts';
import { everyTick, TICK_MS } from '../base/waiting/ticker.ts';

export { monotonicMs } from '../base/own-time.ts';

/** A beat every quarter of the threshold sees a stall soon after it is one. */
const BEATS_PER_THRESHOLD = 4;
const SHORTEST_PERIOD_MS = 10;
const LONGEST_PERIOD_MS = 250;

/**
 * Gaps that are kept until they are read. The reader looks once a period, but may be busy for longer
 * itself, or get no core: what it has not seen by then must not be overwritten by the next gap.
 */
const GAPS_KEPT = 16;

const LAST_BEAT = 0;
/** Gaps so far, those that have been overwritten included. */
const GAP_COUNT = 1;
const FIRST_GAP = 2;
const GAP_SLOTS = 2;
const SLOTS = FIRST_GAP + GAPS_KEPT * GAP_SLOTS;

/** Milliseconds between two beats for a stall threshold: 250 for one second. */
export function beatPeriodMs(thresholdMs: number): number {
  const wanted = math.round(thresholdMs / BEATS_PER_THRESHOLD);
  return math.min(LONGEST_PERIOD_MS, math.max(SHORTEST_PERIOD_MS, wanted));
}

export interface Heartbeat {
  /** For `readHeartbeat` on another thread. */
  shared: SharedArrayBuffer;
  /** The loop turns just now, whether or not a beat is due. */
  beat(): void;
  stop(): void;
}

export interface HeartbeatOptions {
  /** Called at each beat. @default nothing */
  onBeat?: () => void;
  /** Where to write. @default memory of its own */
  shared?: SharedArrayBuffer;
}

export function heartbeatMemory(): SharedArrayBuffer {
  return new OwnSharedArrayBuffer(SLOTS * BigInt64Array.BYTES_PER_ELEMENT);
}

/**
 * Beats on the calling thread's loop, about a microsecond each, until stopped. Keeps nothing alive.
 * @param gapMs the shortest stretch without a beat that is kept
 */
export function startHeartbeat(
  periodMs: number,
  gapMs: number,
  { onBeat = () => {}, shared = heartbeatMemory() }: HeartbeatOptions = {},
): Heartbeat {
  const slots = new BigInt64Array(shared);
  // A late timer is no gap.
  const shortestGapNs = BigInt(math.round(math.max(gapMs, 2 * periodMs) * NS_PER_MS));
  let lastNs = monotonicNs();
  // It goes on in memory that another one has written to before.
  let gaps = Number(atomicLoad(slots, GAP_COUNT));
  atomicStore(slots, LAST_BEAT, lastNs);
  const beat = () => {
    const nowNs = monotonicNs();
    if (nowNs - lastNs > shortestGapNs) {
      const slot = gapSlot(gaps);
      atomicStore(slots, slot, lastNs);
      atomicStore(slots, slot + 1, nowNs);
      gaps += 1;
      atomicStore(slots, GAP_COUNT, BigInt(gaps));
    }
    lastNs = nowNs;
    atomicStore(slots, LAST_BEAT, nowNs);
    onBeat();
  };
  return { shared, beat, stop: repeat(beat, periodMs) };
}

/** Of the usual period together with what else recurs. Gives what ends it. */
function repeat(beat: () => void, periodMs: number): () => void {
  if (periodMs === TICK_MS) return everyTick(beat);
  const timer = setInterval(beat, periodMs).unref();
  return () => clearInterval(timer);
}

const gapSlot = (gap: number): number => FIRST_GAP + (gap % GAPS_KEPT) * GAP_SLOTS;

/** A stretch without the beats that the loop should have had, from one beat to the next. */
export interface Gap {
  startMs: number;
  endMs: number;
}

export interface HeartbeatReading {
  /** When the loop last turned, on the clock of `monotonicMs`. */
  lastBeatMs: number;
  /** The latest gaps up to that beat, oldest first. */
  gaps: Gap[];
}

/** @param shared A heartbeat's memory, from whichever thread. */
export function readHeartbeat(shared: SharedArrayBuffer): HeartbeatReading {
  const slots = new BigInt64Array(shared);
  const read = (slot: number) => Number(atomicLoad(slots, slot)) / NS_PER_MS;
  // The beat is written last: a gap that ended with it is never missed.
  const lastBeatMs = read(LAST_BEAT);
  const count = Number(atomicLoad(slots, GAP_COUNT));
  const gaps: Gap[] = [];
  for (let gap = math.max(0, count - GAPS_KEPT); gap < count; gap += 1) {
    const startMs = read(gapSlot(gap));
    const endMs = read(gapSlot(gap) + 1);
    // Otherwise it is being overwritten: by one that ended after the beat, which the next look sees whole.
    if (startMs < endMs && endMs <= lastBeatMs) gaps.push({ startMs, endMs });
  }
  return { lastBeatMs, gaps };
}
