/** Gives equal stacks the same small number, without building a key for each. */

export interface StackTrie {
  /**
   * Number of this stack: 0 for the first new one, then 1, 2, …
   * @param stack frame indexes, top frame first
   */
  numberOf(stack: ArrayLike<number>): number;
}

const ROOT = 0;

/** @param frameCount one more than the highest frame index */
export function createStackTrie(frameCount: number): StackTrie {
  // Safe integers: a program has far fewer than 2^26 frames and 2^27 trie nodes.
  const childByEdge = new Map<number, number>();
  const numberByNode = new Map<number, number>();
  return {
    numberOf(stack) {
      let node = ROOT;
      // From the outermost frame, because that is the end which stacks have in common.
      for (let depth = stack.length - 1; depth >= 0; depth--) {
        const edge = node * frameCount + stack[depth]!;
        let child = childByEdge.get(edge);
        if (child === undefined) {
          child = childByEdge.size + 1;
          childByEdge.set(edge, child);
        }
        node = child;
      }
      const known = numberByNode.get(node);
      if (known !== undefined) return known;
      numberByNode.set(node, numberByNode.size);
      return numberByNode.size - 1;
    },
  };
}
