import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { clockAheadMs } from './clock.ts';

/** Hours, so that nothing of what a machine does in between counts. */
const HOUR_MS = 3_600_000;

/** An engine whose clock is so far ahead at each question, and which takes so long to answer. */
function engineOf(...looks: readonly [aheadMs: number, tookMs: number][]) {
  const left = [...looks];
  return {
    left,
    async send() {
      const [aheadMs, tookMs] = left.shift()!;
      await sleep(tookMs);
      return [[String(Math.floor((Date.now() + aheadMs) / 1_000)), '0']];
    },
  };
}

it('tells how far the clock of the engine is ahead by the quickest answer', async () => {
  const engine = engineOf([5 * HOUR_MS, 400], [HOUR_MS, 100], [3 * HOUR_MS, 400], [3 * HOUR_MS, 0]);
  const aheadMs = await clockAheadMs(engine);
  expect(Math.round((aheadMs ?? 0) / HOUR_MS)).toBe(1);
});

it('tells nothing where the engine tells no time', async () => {
  expect(await clockAheadMs({ send: async () => [['x', 'y']] })).toBeNull();
});
