/** Gives equal stacks the same small number, without building a key for each. */

export interface StackNumbers {
  /**
   * Number of this stack: 0 for the first new one, then 1, 2, … The array is kept, so it must not
   * change afterwards.
   * @param stack frame indexes, top frame first
   */
  numberOf(stack: ArrayLike<number>): number;
}

const INITIAL_SLOTS = 1024;
const FREE = -1;

/** A hash table with open addressing: a stack is read once to hash it, once more to be sure. */
export function createStackNumbers(): StackNumbers {
  const stacks: ArrayLike<number>[] = [];
  const hashes: number[] = [];
  let slots = new Int32Array(INITIAL_SLOTS).fill(FREE);

  const slotOf = (stack: ArrayLike<number>, hash: number): number => {
    const mask = slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const number = slots[slot]!;
      if (number === FREE) return slot;
      if (hashes[number] === hash && isEqual(stacks[number]!, stack)) return slot;
    }
  };

  const grow = (): void => {
    slots = new Int32Array(slots.length * 2).fill(FREE);
    for (const [number, stack] of stacks.entries()) slots[slotOf(stack, hashes[number]!)] = number;
  };

  return {
    numberOf(stack) {
      const hash = hashOf(stack);
      const slot = slotOf(stack, hash);
      const known = slots[slot]!;
      if (known !== FREE) return known;
      const number = stacks.push(stack) - 1;
      hashes.push(hash);
      slots[slot] = number;
      // Half of the slots stay free, so that a search is short.
      if (stacks.length * 2 > slots.length) grow();
      return number;
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
