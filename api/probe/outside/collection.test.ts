import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { collectAll, collectSoon } from './collection.ts';

const PROGRAM = fileURLToPath(
  new URL('../../../scripts/fixtures/memory/collects.ts', import.meta.url),
);

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

it('leaves what V8 has compiled for objects of which none is there, and says nothing, as a task of its own', async () => {
  const run = (collects: 'ours' | 'theirs') =>
    promisify(execFile)(process.execPath, [
      '--allow-natives-syntax',
      '--trace-deopt',
      '--expose-gc',
      PROGRAM,
      collects,
    ]);
  const [ours, theirs] = await Promise.all([run('ours'), run('theirs')]);
  const thrownAway = /SharedFunctionInfo answer>.*weak objects/;
  expect(theirs.stdout).toMatch(thrownAway);
  expect(ours.stdout).toContain('answered true');
  expect(ours.stdout).not.toMatch(thrownAway);
  expect(ours.stderr).not.toContain('measureMemory');
});

it('asks the inspector where the program lets nobody keep Node from warning', async () => {
  const given = Object.getOwnPropertyDescriptor(process, 'emitWarning')!;
  const gone = aWeakOne();
  await new Promise(setImmediate);
  Object.defineProperty(process, 'emitWarning', { get: () => given.value, configurable: true });
  try {
    expect(await collectSoon()).toBeNull();
  } finally {
    Object.defineProperty(process, 'emitWarning', given);
  }
  expect(gone.deref()).toBeUndefined();
});
