/** What the observed thread was given of the CPU time that it wanted, over the last half minute. */

import type { ThreadTime, ThreadTimeReader } from '../../base/thread-time.ts';
import type { CpuTimeEvidence } from '../../health/evidence/loop.ts';
import { monotonicMs } from '../../link/heartbeat.ts';
import { openQuota, type QuotaUse } from './quota.ts';

/** Long enough that a burst of a neighbor is no state. */
const WINDOW_MS = 30_000;
/** Looks that are closer together add nothing. */
const DISTANCE_MS = 1_000;

interface Look {
  atMs: number;
  thread: ThreadTime;
  quota: QuotaUse | null;
}

export interface GivenTime {
  /** Takes a look where the last one is not too near; at each point and at each question. */
  note(): void;
  /** Null before two looks, and where the kernel does not tell. */
  evidence(): CpuTimeEvidence | null;
  readThread: ThreadTimeReader['read'];
  stop(): void;
}

export interface GivenTimeOptions {
  /** Of the observed thread. */
  threadTime: ThreadTimeReader;
  /** @default that of this process */
  readQuota?: () => QuotaUse | null;
  nowMs?: () => number;
}

export function createGivenTime({
  threadTime,
  readQuota = openQuota(),
  nowMs = monotonicMs,
}: GivenTimeOptions): GivenTime {
  const looks: Look[] = [];

  return {
    note() {
      const atMs = nowMs();
      const last = looks.at(-1);
      if (last !== undefined && atMs - last.atMs < DISTANCE_MS) return;
      const thread = threadTime.read();
      if (thread === null) return;
      looks.push({ atMs, thread, quota: readQuota() });
      // The first look is the latest that is older than the window.
      while (looks.length > 2 && atMs - looks[1]!.atMs >= WINDOW_MS) looks.shift();
    },
    evidence() {
      const [first] = looks;
      const last = looks.at(-1);
      if (first === undefined || last === undefined || first === last) return null;
      return {
        lastedMs: last.atMs - first.atMs,
        ranMs: last.thread.ranMs - first.thread.ranMs,
        waitedMs: last.thread.waitedMs - first.thread.waitedMs,
        quota: quotaBetween(first.quota, last.quota),
      };
    },
    readThread: threadTime.read,
    stop: threadTime.close,
  };
}

function quotaBetween(before: QuotaUse | null, after: QuotaUse | null): CpuTimeEvidence['quota'] {
  if (before === null || after === null) return null;
  return {
    periods: after.periods - before.periods,
    throttledPeriods: after.throttledPeriods - before.throttledPeriods,
    throttledMs: after.throttledMs - before.throttledMs,
  };
}
