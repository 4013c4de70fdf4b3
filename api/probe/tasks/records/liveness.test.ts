import { createHook } from 'node:async_hooks';
import { pbkdf2, pbkdf2Sync, randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { livenessOf } from './liveness.ts';

/** How many resources of this kind are alive right after `work` has begun them. */
function aliveAfter(work: () => void): number {
  const begun: [id: number, type: string, resource: object][] = [];
  const hook = createHook({
    init: (id, type, _trigger, resource) => {
      if (type.endsWith('REQUEST')) begun.push([id, type, resource]);
    },
  }).enable();
  work();
  hook.disable();
  expect(begun).not.toEqual([]);
  return begun.filter(([id, type, resource]) => livenessOf(id, type, resource).isAlive).length;
}

it('takes a job of the thread pool for a task', () => {
  expect(aliveAfter(() => pbkdf2('a', 'b', 1, 8, 'sha1', () => {}))).toBe(1);
});

it('takes no crypto that is over at once for a task', () => {
  expect(aliveAfter(() => pbkdf2Sync('a', 'b', 1, 8, 'sha1'))).toBe(0);
  expect(aliveAfter(() => randomBytes(8))).toBe(0);
});
