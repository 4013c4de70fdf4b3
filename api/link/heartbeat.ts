/**
 * A sign of life of the observed loop: a timer there writes the time into memory that the sidecar
 * reads with its own clock. No message is sent, so a silent thread costs neither side anything.
 */

import { atomicLoad, atomicStore, OwnSharedArrayBuffer } from '../base/builtins.ts';
import { clearInterval, monotonicNs, setInterval } from '../base/own-time.ts';
import { NS_PER_MS } from '../base/units.ts';

export { monotonicMs } from '../base/own-time.ts';

/** A beat every quarter of the threshold sees a stall soon after it is one. */
const BEATS_PER_THRESHOLD = 4;
const SHORTEST_PERIOD_MS = 10;
const LONGEST_PERIOD_MS = 250;

const LAST_BEAT = 0;
const GAP_START = 1;
const GAP_END = 2;
const SLOTS = 3;

/** Milliseconds between two beats for a stall threshold: 250 for one second. */
export function beatPeriodMs(thresholdMs: number): number {
  const wanted = Math.round(thresholdMs / BEATS_PER_THRESHOLD);
  return Math.min(LONGEST_PERIOD_MS, Math.max(SHORTEST_PERIOD_MS, wanted));
}

export interface Heartbeat {
  /** For `readHeartbeat` on another thread. */
  shared: SharedArrayBuffer;
  stop(): void;
}

/** Beats on the calling thread's loop, about a microsecond each, until stopped. Keeps nothing alive. */
export function startHeartbeat(periodMs: number): Heartbeat {
  const shared = new OwnSharedArrayBuffer(SLOTS * BigInt64Array.BYTES_PER_ELEMENT);
  const slots = new BigInt64Array(shared);
  const longestUsualGapNs = BigInt(Math.round(2 * periodMs * NS_PER_MS));
  let lastNs = monotonicNs();
  atomicStore(slots, LAST_BEAT, lastNs);
  const beat = () => {
    const nowNs = monotonicNs();
    if (nowNs - lastNs > longestUsualGapNs) {
      atomicStore(slots, GAP_START, lastNs);
      atomicStore(slots, GAP_END, nowNs);
    }
    lastNs = nowNs;
    atomicStore(slots, LAST_BEAT, nowNs);
  };
  const timer = setInterval(beat, periodMs);
  timer.unref();
  return { shared, stop: () => clearInterval(timer) };
}

export interface HeartbeatReading {
  /** When the loop last turned, on the clock of `monotonicMs`. */
  lastBeatMs: number;
  /** The latest stretch without the beats it should have had; zeros before the first. */
  gapStartMs: number;
  gapEndMs: number;
}

/** @param shared A heartbeat's memory, from whichever thread. */
export function readHeartbeat(shared: SharedArrayBuffer): HeartbeatReading {
  const slots = new BigInt64Array(shared);
  const read = (slot: number) => Number(atomicLoad(slots, slot)) / NS_PER_MS;
  // The beat is written last: a gap that ended with it is never missed.
  const lastBeatMs = read(LAST_BEAT);
  return { lastBeatMs, gapStartMs: read(GAP_START), gapEndMs: read(GAP_END) };
}
