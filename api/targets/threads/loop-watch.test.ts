import { expect, it } from 'vitest';
import type { InspectedThread } from '../../link/threads.ts';
import { watchThreadLoop } from './loop-watch.ts';

const JOB = '    at job (/app/worker.js:5:1)';

/** A worker whose loop never turns: the kernel does not tell of it, so every fifth tick looks. */
function watched(callReturns: () => Promise<unknown>) {
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
    kernelId: () => null,
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
