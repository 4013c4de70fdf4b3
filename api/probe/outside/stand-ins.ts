/**
 * Functions of an object that stand in for its own for a while. Each is a proxy: name, length,
 * properties and errors are those of the function itself. Whoever has taken one meanwhile keeps it;
 * it then does nothing of its own.
 */
const { apply, defineProperty, getOwnPropertyDescriptor } = Reflect;
const { isFrozen } = Object;
const OwnProxy = Proxy;

export type AnyFunction = (...args: unknown[]) => unknown;

export interface Call {
  original: AnyFunction;
  self: unknown;
  args: unknown[];
  /** The function of ours that is on top of the stack. */
  below: AnyFunction;
}

export interface StandIns {
  /** @returns why it cannot be done; null where it is */
  put(owner: object, names: readonly string[]): string | null;
  takeBack(): void;
}

/** @param onCall does what the original would, as long as the stand-ins are in place */
export function createStandIns(onCall: (call: Call) => unknown): StandIns {
  let placed: { owner: object; name: string; original: AnyFunction; standIn: AnyFunction }[] = [];

  function standInFor(original: AnyFunction): AnyFunction {
    const handler = {
      apply(target: AnyFunction, self: unknown, args: unknown[]): unknown {
        if (placed.length === 0) return apply(target, self, args);
        return onCall({ original: target, self, args, below: handler.apply as AnyFunction });
      },
    };
    return new OwnProxy(original, handler);
  }

  /** Where the program has put its own in the place of ours meanwhile, that stays. */
  function takeBack(): void {
    for (const { owner, name, original, standIn } of placed) {
      const known = getOwnPropertyDescriptor(owner, name);
      if (known?.value === standIn) defineProperty(owner, name, { ...known, value: original });
    }
    placed = [];
  }

  return {
    put(owner, names) {
      if (isFrozen(Array.prototype)) return 'the built-ins of this process are frozen';
      for (const name of names) {
        const known = getOwnPropertyDescriptor(owner, name);
        if (typeof known?.value !== 'function') continue;
        const original = known.value as AnyFunction;
        const standIn = standInFor(original);
        if (!known.configurable || !defineProperty(owner, name, { ...known, value: standIn })) {
          takeBack();
          return 'what makes them is frozen in this process';
        }
        placed.push({ owner, name, original, standIn });
      }
      return null;
    },
    takeBack,
  };
}
