/** A heap read that is not older than the question, however long the pause budget holds it back. */
import { setTimeout as sleep } from 'node:timers/promises';
import { DiagnosticsError } from '../../base/errors.ts';
import { restAfterMs } from '../../probe/overhead/pauses/pause-budget.ts';
import { silentThread } from '../answers/silent-thread.ts';
import type { HeapProfileSnapshot } from './types.ts';

export interface FreshHeapOptions {
  read: () => Promise<HeapProfileSnapshot>;
  /** For readings that do not tell when the next one may be taken. @default 100: at once */
  pauseBudgetPercent?: number;
  /** Ends the wait; the promise then rejects with the signal's reason. */
  signal?: AbortSignal;
  /** Longest wait. @default 60_000 */
  patienceMs?: number;
  /** Longest wait for a thread that may read and does not. @default patienceMs */
  busyPatienceMs?: number;
}

/** Enough after a pause of 1.2 s under the default budget. */
const PATIENCE_MS = 60_000;
/** The thread reads a moment after it may. */
const RETRY_MS = 50;

/**
 * @throws DiagnosticsError `PAUSE_BUDGET_SPENT` where the budget allows no read within the patience,
 * `PROCESS_NOT_RESPONDING` where it does and none came, `UNAVAILABLE` where there is no heap sampler
 */
export async function readFreshHeap({
  read,
  pauseBudgetPercent = 100,
  signal,
  patienceMs = PATIENCE_MS,
  busyPatienceMs = patienceMs,
}: FreshHeapOptions): Promise<HeapProfileSnapshot> {
  const askedAtMs = Date.now();
  const latestMs = askedAtMs + patienceMs;
  for (;;) {
    const heap = await read();
    if (heap.collectedAtMs >= askedAtMs) return heap;
    const allowedAtMs =
      heap.nextReadAtMs ?? heap.collectedAtMs + restAfterMs(heap.pauseMs ?? 0, pauseBudgetPercent);
    const nextMs = Math.max(allowedAtMs, Date.now()) + RETRY_MS;
    const busyUntilMs = Math.max(allowedAtMs, askedAtMs) + busyPatienceMs;
    if (nextMs > Math.min(latestMs, busyUntilMs)) throw noReadInTime(allowedAtMs);
    // Nobody's process stays alive for this.
    await sleep(nextMs - Date.now(), undefined, { signal, ref: false });
  }
}

/** @param allowedAtMs when the pause budget lets the heap be read again */
export function noReadInTime(allowedAtMs: number): DiagnosticsError {
  const retryAfterMs = allowedAtMs - Date.now();
  if (retryAfterMs <= 0) return silentThread(', so that there is no new read of its heap');
  return new DiagnosticsError(
    'PAUSE_BUDGET_SPENT',
    `the heap may be read again at ${new Date(allowedAtMs).toISOString()}, so that the pauses stay within the pause budget (pauseBudgetPercent); ask again then`,
    { retryAfterMs },
  );
}
