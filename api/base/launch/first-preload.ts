/**
 * A program may have the flag twice, by `NODE_OPTIONS` and in its command, from two copies of this package that share no
 * module. The second would open a port of its own, and find the heap sampler taken.
 */

const KEY = 'pprofql.preloaded';

/** Whether no copy has said so before; from now on one has. */
export function isFirstPreload(holder: object = globalThis): boolean {
  const key = Symbol.for(KEY);
  if (key in holder) return false;
  Object.defineProperty(holder, key, { value: true });
  return true;
}
