/** Which part of a core a thread with work to do is given on this machine just now. */
import { readFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { clamp } from '../../../base/numbers/clamp.ts';
import { readThisThread, type ThreadTime, waitedMsBetween } from '../../../base/thread-time.ts';

const { performance, setImmediate } = globalThis;

/** Long enough to meet whoever else wants the core, in pieces that others hardly have to wait for. */
const LOOKED_MS = 200;
const PIECE_MS = 5;
const LEAST_SHARE = 1 / 16;
/**
 * Of the time in which anybody waited for a core, in the ten seconds before, one thread of many waits but a part. Tried on
 * two cores at load 8 to 13: a thread that worked for three seconds took 0.74 to 1.4 times as long as was expected by this
 * and by what it was given before in 12 of 14 tries, 0.3 and 3 times where the load had just changed.
 */
const WAITS_OF_PRESSURE = 0.6;

/**
 * Measured by work of the calling thread, and by the ten seconds before it. Takes a fifth of a second, of which the loop
 * turns every few milliseconds.
 * @param work is done over and over
 * @returns 0 to 1
 */
export async function coreShareNow(work: () => void): Promise<number> {
  const before = readThisThread();
  const endsAt = performance.now() + LOOKED_MS;
  while (performance.now() < endsAt) {
    const pieceEndsAt = performance.now() + PIECE_MS;
    while (performance.now() < pieceEndsAt) work();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const lately = shareLately();
  const now = shareBetween(before, readThisThread()) ?? lately;
  return clamp(Math.sqrt(now * lately), LEAST_SHARE, 1);
}

function shareBetween(before: ThreadTime | null, after: ThreadTime | null): number | null {
  if (before === null || after === null) return null;
  const ranMs = after.ranMs - before.ranMs;
  return ranMs <= 0 ? null : ranMs / (ranMs + waitedMsBetween(before, after));
}

function shareLately(): number {
  const pressure = pressureOf(pressureText());
  if (pressure !== null) return 1 - WAITS_OF_PRESSURE * pressure;
  // It lags by a minute: taken for half of what it says.
  return 1 / Math.sqrt(Math.max(1, loadavg()[0]! / availableParallelism()));
}

/**
 * @param text for example `some avg10=40.18 avg60=42.68 avg300=39.05 total=25985175897`
 * @returns of ten seconds, the part in which somebody waited for a core; null where the kernel does not tell
 * @internal
 */
export function pressureOf(text: string): number | null {
  const percent = Number(/^some avg10=([\d.]+)/.exec(text)?.[1] ?? Number.NaN);
  return Number.isFinite(percent) ? clamp(percent / 100, 0, 1) : null;
}

function pressureText(): string {
  try {
    return readFileSync('/proc/pressure/cpu', 'utf8');
  } catch {
    return '';
  }
}
