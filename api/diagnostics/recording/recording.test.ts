import { expect, it } from 'vitest';
import { carryOut, newRecording } from './recording.ts';

const steps = (start: () => Promise<{ startedAtMs: number }>) => ({
  start,
  finish: async () => 'samples',
  cancel() {},
});

it('is told as cancelled where it was thrown away before it could not begin', async () => {
  const recording = newRecording('instance', 1, 60_000);
  const { promise, reject } = Promise.withResolvers<never>();
  const outcome = carryOut(
    recording,
    steps(() => promise),
  );
  recording.end('DISCARDED');
  reject(new Error('the pause budget is spent'));
  expect(await outcome).toEqual({ kind: 'CANCELLED', id: recording.id });
});

it('fails with what kept it from beginning, where nobody has thrown it away', async () => {
  const recording = newRecording('instance', 1, 60_000);
  const outcome = carryOut(
    recording,
    steps(() => Promise.reject(new Error('the pause budget is spent'))),
  );
  await expect(outcome).rejects.toThrow('the pause budget is spent');
});

it('does not keep a program alive while it goes on', async () => {
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const before = timers();
  const recording = newRecording('instance', 1, 60_000);
  const { promise: isRead, resolve: read } = Promise.withResolvers<void>();
  const outcome = carryOut(recording, {
    start: async () => ({ startedAtMs: Date.now() }),
    finish: async () => read(),
    cancel() {},
  });
  await new Promise(setImmediate);
  expect(timers()).toBe(before);
  recording.end('KEPT');
  await isRead;
  expect(await outcome).toMatchObject({ kind: 'TAKEN' });
});
