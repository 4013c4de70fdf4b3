/**
 * Whether the sidecar's loop turns: it counts in memory that the observed thread looks at now and then.
 * A thread in an endless loop, such as a regular expression that never ends, has not ended by itself.
 */
import { atomicLoad, OwnSharedArrayBuffer } from '../base/builtins.ts';
import { clearInterval, setInterval } from '../base/own-time.ts';

const COUNT = 0;
const BEAT_MS = 1_000;
/** What the sidecar does in one go takes a few seconds at most; a busy machine takes its time. */
const LOOKS_WITHOUT_BEAT = 6;
const LOOK_MS = 10_000;

export function createPulse(): SharedArrayBuffer {
  return new OwnSharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
}

/** Beats on the calling thread's loop for as long as it turns. */
export function startPulse(shared: SharedArrayBuffer): void {
  const count = new Int32Array(shared);
  setInterval(() => Atomics.add(count, COUNT, 1), BEAT_MS).unref();
}

/**
 * Calls `stood` at each look that finds the sixth and more looks in a row without a beat: looks, not time, so that
 * the time in which the machine slept or this thread was blocked counts for nothing. Keeps nothing alive.
 * @param lookMs between two looks @default 10_000
 * @returns what ends it
 */
export function watchPulse(
  shared: SharedArrayBuffer,
  stood: () => void,
  lookMs: number = LOOK_MS,
): () => void {
  const count = new Int32Array(shared);
  let lastCount = atomicLoad(count, COUNT);
  let looksWithoutBeat = 0;
  const timer = setInterval(() => {
    const now = atomicLoad(count, COUNT);
    looksWithoutBeat = now === lastCount ? looksWithoutBeat + 1 : 0;
    lastCount = now;
    if (looksWithoutBeat >= LOOKS_WITHOUT_BEAT) stood();
  }, lookMs);
  timer.unref();
  return () => clearInterval(timer);
}
