/** A thread whose clock, heartbeat and looks are in the hands of a test, and the watch that watches it. */
import { afterEach, beforeEach, vi } from 'vitest';
import type { ThreadTime } from '../../../base/thread-time.ts';
import type { Sight } from '../../../link/inspector.ts';
import type { StallWatchOptions } from '../watch.ts';

const THRESHOLD_MS = 1_000;
export const PERIOD_MS = 250;

export const clock = {
  nowMs: 0,
  lastBeatMs: 0,
  gaps: [] as { startMs: number; endMs: number }[],
};
export const cpu = { usedMs: 0 };
export const thread: { time: ThreadTime | null } = { time: null };

vi.doMock('../../../link/heartbeat.ts', async (original) => ({
  ...(await original<typeof import('../../../link/heartbeat.ts')>()),
  monotonicMs: () => clock.nowMs,
  readHeartbeat: () => ({ ...clock }),
}));
const { startStallWatch } = await import('../watch.ts');

/** Each test has its own, from five seconds on its clock. */
export const watched = {} as {
  watch: ReturnType<typeof startStallWatch>;
  /** The looks that have been asked for, to be answered by the test. */
  looks: { answer: (sight: Sight) => void; fail: (error: Error) => void }[];
};

beforeEach(() => {
  vi.useFakeTimers();
  Object.assign(clock, { nowMs: 5_000, lastBeatMs: 5_000, gaps: [] });
  startWatch();
});

export function startWatch(options: Partial<StallWatchOptions> = {}): void {
  watched.looks = [];
  const inspector = {
    look: () =>
      new Promise<Sight>((answer, fail) => {
        watched.looks.push({ answer, fail });
      }),
  };
  watched.watch = startStallWatch({
    heartbeat: new SharedArrayBuffer(0),
    thresholdMs: THRESHOLD_MS,
    inspector,
    locate: async (frames) => frames,
    cpuTimeMs: () => cpu.usedMs,
    threadTime: () => thread.time,
    ...options,
  });
}

afterEach(() => {
  thread.time = null;
  watched.watch.stop();
  vi.useRealTimers();
});

/** Time goes by on both threads; the observed one turns its loop unless it is blocked. */
export async function pass(ms: number, { isBlocked = false } = {}): Promise<void> {
  for (let left = ms; left > 0; left -= PERIOD_MS) {
    clock.nowMs += PERIOD_MS;
    if (!isBlocked) beat();
    await vi.advanceTimersByTimeAsync(PERIOD_MS);
  }
}

/** The observed thread is blocked or turns; the watching one is busy for as long, and checks late. */
export async function beBusy(ms: number, { isBlocked }: { isBlocked: boolean }): Promise<void> {
  for (let left = ms; left > 0; left -= PERIOD_MS) {
    clock.nowMs += PERIOD_MS;
    cpu.usedMs += PERIOD_MS;
    if (!isBlocked) beat();
  }
}

export function beat(): void {
  if (clock.nowMs - clock.lastBeatMs > 2 * PERIOD_MS) {
    clock.gaps.push({ startMs: clock.lastBeatMs, endMs: clock.nowMs });
  }
  clock.lastBeatMs = clock.nowMs;
}
