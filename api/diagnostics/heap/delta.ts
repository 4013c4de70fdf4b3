/** What the heap did in a stretch of time. */

import { setTimeout as sleep } from 'node:timers/promises';
import { MS_PER_SECOND } from '../../base/numbers/units.ts';
import { noReadInTime } from './fresh.ts';
import type { HeapProfileSnapshot } from './types.ts';

export interface HeapSpan {
  base: HeapProfileSnapshot;
  target: HeapProfileSnapshot;
}

export interface HeapSpanOptions {
  seconds: number;
  /** Ends the wait, as the client does that leaves; the span then rejects with the signal's reason. */
  signal: AbortSignal;
  /** How much longer to wait while the pause budget holds the second read back. @default 60_000 */
  patienceMs?: number;
}

/** Enough after a pause of 1.2 s under the default budget. Clients leave when they like. */
const PATIENCE_MS = 60_000;
const RETRY_MS = 250;

/**
 * Two different reads, about `seconds` apart. The first may be a cached one, so that the span is
 * longer, and the second one that somebody else has caused meanwhile, so that it is shorter: the
 * times of the reads tell.
 * @throws DiagnosticsError where no second read can be made in time: `PAUSE_BUDGET_SPENT`, at once
 * where that is certain from the start, `PROCESS_NOT_RESPONDING` where the budget allows it
 */
export async function readHeapSpan(
  read: () => Promise<HeapProfileSnapshot>,
  { seconds, signal, patienceMs = PATIENCE_MS }: HeapSpanOptions,
): Promise<HeapSpan> {
  // Nobody's process stays alive for this.
  const wait = (ms: number) => sleep(ms, undefined, { signal, ref: false });
  const spanMs = seconds * MS_PER_SECOND;
  const base = await read();
  const baseNextMs = base.nextReadAtMs ?? 0;
  if (baseNextMs > Date.now() + spanMs + patienceMs) throw noReadInTime(baseNextMs);
  await wait(spanMs);
  const dueMs = Date.now();
  for (;;) {
    const target = await read();
    const nextMs = Math.max(target.nextReadAtMs ?? 0, Date.now()) + RETRY_MS;
    const isLast = nextMs > dueMs + patienceMs;
    const isNew = target.collectedAtMs > base.collectedAtMs;
    if (target.collectedAtMs >= dueMs || (isLast && isNew)) return { base, target };
    if (isLast) throw noReadInTime(target.nextReadAtMs ?? 0);
    await wait(nextMs - Date.now());
  }
}
