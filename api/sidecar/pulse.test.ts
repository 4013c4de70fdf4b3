import { setTimeout as later } from 'node:timers/promises';
import { expect, it, vi } from 'vitest';
import { createPulse, watchPulse } from './pulse.ts';

const LOOK_MS = 5;

function watched() {
  const shared = createPulse();
  const stood = vi.fn();
  const stop = watchPulse(shared, stood, LOOK_MS);
  const beat = () => Atomics.add(new Int32Array(shared), 0, 1);
  return { beat, stood, stop };
}

it('tells of a loop that has not turned for six looks', async () => {
  const { beat, stood, stop } = watched();
  beat();
  await vi.waitFor(() => expect(stood).toHaveBeenCalled());
  stop();
});

it('tells nothing of one that turns between two looks', async () => {
  const { beat, stood, stop } = watched();
  const beating = setInterval(beat, 1);
  await later(20 * LOOK_MS);
  clearInterval(beating);
  stop();
  expect(stood).not.toHaveBeenCalled();
});

it('counts looks, not the time in which the watching thread was held up itself', async () => {
  const { beat, stood, stop } = watched();
  const untilMs = performance.now() + 20 * LOOK_MS;
  while (performance.now() < untilMs);
  await later(LOOK_MS);
  beat();
  expect(stood).not.toHaveBeenCalled();
  stop();
});
