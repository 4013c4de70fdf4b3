/** What the heap did in a stretch of time. */
import { setTimeout as sleep } from 'node:timers/promises';
import { DiagnosticsError } from '../errors.ts';
import type { HeapProfileSnapshot } from './types.ts';

export interface HeapSpan {
  base: HeapProfileSnapshot;
  target: HeapProfileSnapshot;
}

export interface HeapSpanOptions {
  seconds: number;
  /** Ends the wait; the span then rejects with the signal's reason. */
  signal: AbortSignal;
  /**
   * How much longer to wait while the pause budget holds the second read back.
   * @default half of the time again and 4 s, about what `go tool pprof` allows
   */
  patienceMs?: number;
}

const PATIENCE_SHARE = 0.5;
const PATIENCE_BASE_MS = 4_000;
const MS_PER_SECOND = 1_000;
const RETRY_MS = 250;

/**
 * Two different reads, about `seconds` apart. The first may be a cached one, so that the span is
 * longer, and the second one that somebody else has caused meanwhile, so that it is shorter: the
 * times of the reads tell.
 * @throws DiagnosticsError `PROCESS_NOT_RESPONDING` when no second read was made in time
 */
export async function readHeapSpan(
  read: () => Promise<HeapProfileSnapshot>,
  { seconds, signal, patienceMs = defaultPatienceMs(seconds) }: HeapSpanOptions,
): Promise<HeapSpan> {
  // Nobody's process stays alive for this.
  const wait = (ms: number) => sleep(ms, undefined, { signal, ref: false });
  const base = await read();
  await wait(seconds * MS_PER_SECOND);
  const dueMs = Date.now();
  let target = await read();
  while (target.collectedAtMs < dueMs && Date.now() < dueMs + patienceMs) {
    await wait(RETRY_MS);
    target = await read();
  }
  if (target.collectedAtMs > base.collectedAtMs) return { base, target };
  throw new DiagnosticsError(
    'PROCESS_NOT_RESPONDING',
    'the pause budget (pauseBudgetPercent) or a blocked thread allowed no second read of the heap in time; ask for more seconds',
  );
}

function defaultPatienceMs(seconds: number): number {
  return seconds * MS_PER_SECOND * PATIENCE_SHARE + PATIENCE_BASE_MS;
}
