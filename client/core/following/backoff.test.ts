import { expect, it } from 'vitest';
import { backoffMs } from './backoff.ts';

const options = { minDelayMs: 100, maxDelayMs: 1_000 };

it.each([
  [1, 100],
  [2, 200],
  [4, 800],
  [5, 1_000],
  [5_000, 1_000],
])('waits after failure %d for half to all of %d ms', (failures, mostMs) => {
  for (let round = 0; round < 100; round += 1) {
    const delayMs = backoffMs(failures, options);
    expect(delayMs).toBeGreaterThanOrEqual(mostMs / 2);
    expect(delayMs).toBeLessThanOrEqual(mostMs);
  }
});
