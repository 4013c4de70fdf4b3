/**
 * Functions of an object that stand in for its own for a while: name, length, properties and errors
 * are those of the function itself. Whoever has taken one meanwhile keeps it; it then does nothing of
 * its own.
 */
import { beforeTakenBack, noteTakenBack } from '../../../base/taken-back.ts';
import { createRethrow, type Rethrow } from './own-frames.ts';

const { apply, defineProperty, getOwnPropertyDescriptor, ownKeys } = Reflect;
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

/** How a function is stood in for. */
type StandInMaker = (original: AnyFunction, isInPlace: () => boolean) => AnyFunction;

/** @param onCall does what the original would, as long as the stand-ins are in place */
export function createStandIns(onCall: (call: Call) => unknown): StandIns {
  return placeStandIns((original, isInPlace) => {
    const handler = {
      apply(target: AnyFunction, self: unknown, args: unknown[]): unknown {
        if (!isInPlace()) return apply(target, self, args);
        return onCall({ original: target, self, args, below: handler.apply as AnyFunction });
      },
    };
    return new OwnProxy(original, handler);
  });
}

/**
 * For functions that are called a hundred thousand times a second: a plain function costs a tenth of
 * what a proxy does, and differs in its text alone.
 * @param onMade told what a call has given, its arguments, and the function of ours that is on top
 * of the stack; not told of a call that was made in the course of another
 * @param rethrow throws what a call has thrown. @default for functions of JavaScript
 */
export function createQuickStandIns(
  onMade: (made: unknown, args: readonly unknown[], below: AnyFunction) => void,
  rethrow: Rethrow = createRethrow(),
): StandIns {
  let isInside = false;

  return placeStandIns((original, isInPlace) => {
    const { standIn } = {
      standIn(this: unknown, ...args: unknown[]): unknown {
        const isWatched = !isInside && isInPlace();
        let made: unknown;
        if (isWatched) isInside = true;
        try {
          made = apply(original, this, args);
        } catch (error) {
          return rethrow(error, standIn as AnyFunction);
        } finally {
          if (isWatched) isInside = false;
        }
        try {
          if (isWatched) onMade(made, args, standIn as AnyFunction);
        } catch {
          // Whatever went wrong, the program has what it asked for.
        }
        return made;
      },
    };
    for (const key of ownKeys(original)) {
      defineProperty(standIn, key, getOwnPropertyDescriptor(original, key)!);
    }
    return standIn as AnyFunction;
  });
}

function placeStandIns(standInFor: StandInMaker): StandIns {
  let placed: { owner: object; name: string; original: AnyFunction; standIn: AnyFunction }[] = [];
  const isInPlace = () => placed.length > 0;

  /** Where the program has put its own in the place of ours meanwhile, that stays. */
  function takeBack(): void {
    for (const { owner, name, original, standIn } of placed) {
      noteTakenBack(standIn, original);
      const known = getOwnPropertyDescriptor(owner, name);
      if (known?.value !== standIn) continue;
      defineProperty(owner, name, { ...known, value: beforeTakenBack(original) });
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
        const standIn = standInFor(original, isInPlace);
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
