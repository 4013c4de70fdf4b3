/** Gives equal stacks the same small number, without building a key for each. */
import { HashIndex, NONE } from '../base/numbers/hash-index.ts';

export interface StackNumbers {
  /**
   * Number of this stack: 0 for the first new one, then 1, 2, … The array is kept, so it must not
   * change afterwards.
   * @param stack frame indexes, top frame first
   */
  numberOf(stack: ArrayLike<number>): number;
}

export function createStackNumbers(): StackNumbers {
  const stacks: ArrayLike<number>[] = [];
  const index = new HashIndex();

  return {
    numberOf(stack) {
      const hash = hashOf(stack);
      for (let at = index.first(hash); at !== NONE; at = index.next()) {
        if (isEqual(stacks[at]!, stack)) return at;
      }
      stacks.push(stack);
      return index.add(hash);
    },
  };
}

function hashOf(stack: ArrayLike<number>): number {
  let hash = stack.length;
  for (let depth = 0; depth < stack.length; depth++) {
    hash = Math.imul(hash ^ stack[depth]!, 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  return hash;
}

function isEqual(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  if (a.length !== b.length) return false;
  for (let depth = 0; depth < a.length; depth++) if (a[depth] !== b[depth]) return false;
  return true;
}
