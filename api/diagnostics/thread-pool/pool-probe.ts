/**
 * How long libuv's pool of threads keeps a job waiting. All threads of a process share it, so that the
 * sidecar can measure it with jobs of its own, and the program does nothing for that.
 */
import { lookup } from 'node:dns';
import { stat } from 'node:fs';
import { monotonicMs } from '../../link/heartbeat.ts';

export interface PoolProbe {
  /** Of the last job, or of the one that waits now; null before the first. */
  waitedMs(): number | null;
  /** On the clock of `Date.now`: when the first of the jobs began that waited for long; null where the last did not. */
  slowSinceMs(): number | null;
  stop(): void;
}

export interface PoolProbeOptions {
  /** Gives the pool a job that takes no time, and calls back when it is done. @default a look at the root folder */
  submit?: (done: () => void) => void;
  nowMs?: () => number;
}

const PERIOD_MS = 2_000;
/** A job that is done sooner has found a thread free, on a busy machine too. */
const SLOW_MS = 300;
/** So many quick ones in a row tell that the pool is free again. */
const QUICK_TO_CLEAR = 2;

const lookAtRoot = (done: () => void): void => stat('/', done);

/**
 * Lookups take half of the threads at most, so that they wait for each other while files do not. This is
 * none: the name is the short form of an address, but not for Node, which gives it to the pool.
 */
export const lookUpNothing = (done: () => void): void => lookup('127.1', { family: 4 }, done);

export function startPoolProbe({
  submit = lookAtRoot,
  nowMs = monotonicMs,
}: PoolProbeOptions = {}): PoolProbe {
  let startedMs: number | null = null;
  let lastMs: number | null = null;
  let slowSinceMs: number | null = null;
  let quick = 0;

  function settle(): void {
    if (startedMs === null) return;
    lastMs = nowMs() - startedMs;
    startedMs = null;
    quick = lastMs < SLOW_MS ? quick + 1 : 0;
    if (quick >= QUICK_TO_CLEAR) slowSinceMs = null;
  }

  /** One at a time: a pool that is stuck must not gather ours as well. */
  function begin(): void {
    if (startedMs !== null) return;
    startedMs = nowMs();
    submit(settle);
  }

  function waitedMs(): number | null {
    return startedMs === null ? lastMs : Math.max(lastMs ?? 0, nowMs() - startedMs);
  }

  const timer = setInterval(begin, PERIOD_MS);
  timer.unref();

  return {
    waitedMs,
    slowSinceMs() {
      const latestMs = startedMs === null ? (lastMs ?? 0) : nowMs() - startedMs;
      if (latestMs >= SLOW_MS) slowSinceMs ??= Date.now() - latestMs;
      return slowSinceMs;
    },
    stop: () => clearInterval(timer),
  };
}
