import { expect, it } from 'vitest';
import { collectAll, collectSoon } from './collection.ts';

/** Held by nobody once the function has returned. */
const aWeakOne = (): WeakRef<object> => new WeakRef({ note: 'x'.repeat(100) });

it.each([
  ['at once', async () => collectAll()],
  ['as a task of its own', collectSoon],
])('collects what nobody holds, %s', async (_, collect) => {
  const gone = aWeakOne();
  const held = { note: 'kept' };
  const kept = new WeakRef(held);
  // What a turn of the loop has looked at is held until it ends.
  await new Promise(setImmediate);
  await collect();
  expect(gone.deref()).toBeUndefined();
  expect(kept.deref()).toBe(held);
});
