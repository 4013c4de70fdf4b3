/** The call tree of a CPU profile as stacks, which flame graphs are made of. Pure. */
import type { WeightedStack } from '../flame/flame-tree.ts';
import type { Frame } from '../frames/frames.ts';

export interface CallNode extends Frame {
  isPprofql: boolean;
  /** Index of the caller, smaller than its own; null for an outermost frame. */
  parent: number | null;
  selfMs: number;
}

/**
 * The nodes that are left without pprofql's work: it is pprofql's where the topmost frame that is not
 * the runtime's is. Where pprofql called the program, the time is the program's.
 */
export function withoutOwnWork(nodes: readonly CallNode[]): CallNode[] {
  return nodes.map((node) =>
    pathOf(node, nodes).find(({ origin }) => origin !== 'RUNTIME')?.isPprofql
      ? { ...node, selfMs: 0 }
      : node,
  );
}

/** Example: main 1 ms → work 2 ms → [main] 1, [work, main] 2. */
export function callPaths(nodes: readonly CallNode[]): WeightedStack[] {
  return nodes
    .filter((node) => node.selfMs > 0)
    .map((node) => ({ frames: pathOf(node, nodes), value: node.selfMs }));
}

/** From this node to the outermost one. */
function pathOf(leaf: CallNode, nodes: readonly CallNode[]): CallNode[] {
  const path: CallNode[] = [];
  let node: CallNode | undefined = leaf;
  while (node !== undefined) {
    path.push(node);
    node = node.parent === null ? undefined : nodes[node.parent];
  }
  return path;
}
