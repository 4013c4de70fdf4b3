import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ThreadTime, ThreadTimeReader } from '../../base/thread-time.ts';
import type { InspectedThread } from '../../link/threads.ts';
import { watchThreadLoop } from './loop-watch.ts';

const JOB = '    at job (/app/worker.js:5:1)';

/** A worker whose loop never turns. Where the kernel does not tell of it, every fifth tick looks. */
function watched(callReturns: () => Promise<unknown>, time: ThreadTimeReader | null = null) {
  const value = JSON.stringify({ lines: ['', '', JOB], turns: 7 });
  const thread: InspectedThread = {
    id: 3,
    file: null,
    name: null,
    startedAtMs: 0,
    ask: async (_method, params) =>
      'awaitPromise' in params! ? callReturns() : { result: { value } },
  };
  const loop = watchThreadLoop(thread, {
    locateStack: async (frames) => [...frames],
    thresholdMs: 0,
    openTime: () => time,
    isMainInNative: () => false,
  });
  return {
    loop,
    async looks(count: number) {
      for (let tick = 0; tick < 5 * count; tick += 1) await loop.tick();
    },
  };
}

it('a worker is stuck where one call lasts from look to look', async () => {
  const { loop, looks } = watched(() => new Promise(() => {}));
  await looks(3);
  expect(loop.status().state).toBe('RUNNING_JAVASCRIPT');
});

it('a worker whose calls return is not, although its loop does not turn', async () => {
  const { loop, looks } = watched(async () => ({ result: { value: Date.now() } }));
  await looks(3);
  expect(loop.status().state).toBe('RESPONSIVE');
  expect(loop.stalls()).toEqual([]);
});

describe('a worker is busy without a break', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  /** A tick a second, with what it ran and waited of each. */
  async function busyAfter(seconds: readonly { ranMs: number; waitedMs: number }[]) {
    vi.useFakeTimers({ toFake: ['Date'], now: 0 });
    const time: ThreadTime = { ranMs: 1, waitedMs: 0 };
    const { loop } = watched(() => new Promise(() => {}), {
      read: () => ({ ...time }),
      close() {},
    });
    await loop.tick();
    for (const { ranMs, waitedMs } of seconds) {
      time.ranMs += ranMs;
      time.waitedMs += waitedMs;
      vi.setSystemTime(Date.now() + 1_000);
      await loop.tick();
    }
    return loop.busy()?.sinceMs ?? null;
  }

  it('where it takes or wants a core all the time', async () => {
    expect(await busyAfter(Array(9).fill({ ranMs: 600, waitedMs: 390 }))).toBe(0);
  });

  it('also where the kernel counts the end of a wait with the next second', async () => {
    const late = [
      { ranMs: 500, waitedMs: 300 },
      { ranMs: 500, waitedMs: 690 },
    ];
    expect(await busyAfter([{ ranMs: 500, waitedMs: 490 }, ...late, ...late, ...late])).toBe(0);
  });

  it('not where it rests for a second', async () => {
    const [busy, idle] = [
      { ranMs: 990, waitedMs: 0 },
      { ranMs: 0, waitedMs: 0 },
    ];
    expect(await busyAfter([busy, busy, busy, idle])).toBeNull();
    expect(await busyAfter([busy, idle, busy, busy, busy, busy])).toBe(2_000);
  });
});
