import { EventEmitter } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { createKeptObserver } from './kept.ts';

it('sees listeners for as long as the most patient of those who look wants to', async () => {
  const emitter = new EventEmitter().setMaxListeners(0);
  for (let count = 0; count < 12; count += 1) emitter.on('change', () => {});
  const observer = createKeptObserver(() => 0);
  onTestFinished(observer.stop);
  observer.read({ windowMs: 0, listenersMs: 60_000 });
  observer.read({ windowMs: 1 });
  await pause(20);
  emitter.on('change', () => {});
  expect(observer.read({ windowMs: 0 }).listeners).toMatchObject([{ event: 'change', count: 13 }]);
});
