/** Numbers promises, of which Node tells none where only V8 sees them made, and notes which led to which. */
import { createStamp } from '../../requests/context/stamp.ts';

export interface PromiseIds {
  /** What it was numbered; a promise that was not is now. */
  of(promise: object): number;
  /** Notes what it derives from or awaits. */
  derive(promise: object, parent: object): void;
  /** The number of what it derives from or awaits; 0 where nothing was noted. */
  parentOf(promise: object): number;
}

/** @param nextId gives a number that nothing else has. */
export function createPromiseIds(nextId: () => number): PromiseIds {
  const ids = createStamp<number>();
  const parents = createStamp<number>();

  function of(promise: object): number {
    const known = ids.get(promise);
    if (known !== undefined) return known;
    const id = nextId();
    ids.set(promise, id);
    return id;
  }

  return {
    of,
    derive: (promise, parent) => parents.set(promise, of(parent)),
    parentOf: (promise) => parents.get(promise) ?? 0,
  };
}
