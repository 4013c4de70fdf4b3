import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { MS_PER_HOUR } from '../../../base/numbers/units.ts';
import { clockAheadMs } from './clock.ts';

/** Hours, so that nothing of what a machine does in between counts. */

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
  const engine = engineOf(
    [5 * MS_PER_HOUR, 400],
    [MS_PER_HOUR, 100],
    [3 * MS_PER_HOUR, 400],
    [3 * MS_PER_HOUR, 0],
  );
  const aheadMs = await clockAheadMs(engine);
  expect(Math.round((aheadMs ?? 0) / MS_PER_HOUR)).toBe(1);
});

it('tells nothing where the engine tells no time', async () => {
  expect(await clockAheadMs({ send: async () => [['x', 'y']] })).toBeNull();
});
