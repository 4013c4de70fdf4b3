/** Numbers promises, of which Node tells none where only V8 sees them made. */
import { createStamp } from '../requests/stamp.ts';

export interface PromiseIds {
  /** What it was numbered; a promise that was not is now. */
  of(promise: object): number;
}

/** @param nextId gives a number that nothing else has. */
export function createPromiseIds(nextId: () => number): PromiseIds {
  const ids = createStamp<number>();
  return {
    of(promise) {
      const known = ids.get(promise);
      if (known !== undefined) return known;
      const id = nextId();
      ids.set(promise, id);
      return id;
    },
  };
}
