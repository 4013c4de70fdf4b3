/**
 * What of JavaScript nothing of pprofql works without. A preload before it may have replaced any of these by what
 * throws or does something else; then it must not even be loaded, since what stands at the top of a module uses them.
 */

/** Each true where it does what it should. They use nothing of one another but what comes before. */
const CHECKS: readonly [name: string, works: () => boolean][] = [
  ['Reflect.apply', () => Reflect.apply((value: number) => value === 1, null, [1])],
  ['Array.isArray', () => Array.isArray([])],
  ['Object.defineProperty', () => Object.defineProperty({ at: 0 }, 'at', { value: 1 }).at === 1],
  ['Symbol', () => typeof Symbol.for('a') === 'symbol' && typeof Symbol('a') === 'symbol'],
  ['Map', () => new Map([[1, 2]]).get(1) === 2],
  ['Set', () => new Set([1]).has(1)],
  ['WeakMap', () => new WeakMap([[CHECKS, 1]]).get(CHECKS) === 1],
  ['WeakSet', () => new WeakSet([CHECKS]).has(CHECKS)],
  ['WeakRef', () => new WeakRef(CHECKS).deref() === CHECKS],
  ['Promise', () => typeof new Promise(() => {}).then === 'function'],
];

/** The first that does not work, or null where all do. */
export function brokenBuiltIn(): string | null {
  for (const [name, works] of CHECKS) {
    try {
      if (!works()) return name;
    } catch {
      return name;
    }
  }
  return null;
}
