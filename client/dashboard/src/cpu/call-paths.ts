/** The call tree of a CPU profile as stacks, which flame graphs are made of. Pure. */
import type { WeightedStack } from '../flame/flame-tree.ts';
import type { Frame } from '../frames/frames.ts';

export interface TreeNode extends Frame {
  /** Index of the caller, smaller than its own; null for an outermost frame. */
  parent: number | null;
}

export interface CallNode extends TreeNode {
  isPprofql: boolean;
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
  return pathsOf(nodes, ({ selfMs }) => selfMs);
}

/** The same of whatever a node has of its own. */
export function pathsOf<Node extends TreeNode>(
  nodes: readonly Node[],
  selfOf: (node: Node) => number,
): WeightedStack[] {
  return nodes
    .filter((node) => selfOf(node) > 0)
    .map((node) => ({ frames: pathOf(node, nodes), value: selfOf(node) }));
}

/** From this node to the outermost one. */
function pathOf<Node extends TreeNode>(leaf: Node, nodes: readonly Node[]): Node[] {
  const path: Node[] = [];
  let node: Node | undefined = leaf;
  while (node !== undefined) {
    path.push(node);
    node = node.parent === null ? undefined : nodes[node.parent];
  }
  return path;
}
