/** The call tree of a CPU profile as stacks, which flame graphs are made of. Pure. */
import type { WeightedStack } from '../flame/flame-tree.ts';
import type { Frame } from '../frames/frames.ts';

/** Outermost frames without a file that stand for native code outside of any call. */
const ENGINE_WORK = ['(program)', '(garbage collector)'];

export interface TreeNode extends Frame {
  /** Index of the caller, smaller than its own; null for an outermost frame. */
  parent: number | null;
}

export interface CallNode extends TreeNode {
  isPprofql: boolean;
  selfMs: number;
  /** Of itself and of everything it called. */
  samples: number;
}

/** The nodes that are left without pprofql's work. */
export function withoutOwnWork(nodes: readonly CallNode[]): CallNode[] {
  return nodes.map((node) => (isOwnWork(node, nodes) ? { ...node, selfMs: 0 } : node));
}

/**
 * How many samples found a function of the program or of what it uses at work: not pprofql, nor
 * V8's own work.
 */
export function programSamples(nodes: readonly CallNode[]): number {
  const selfSamples = nodes.map(({ samples }) => samples);
  for (const { parent, samples } of nodes) if (parent !== null) selfSamples[parent]! -= samples;
  return nodes.reduce(
    (sum, node, index) =>
      isEngineWork(node) || isOwnWork(node, nodes) ? sum : sum + selfSamples[index]!,
    0,
  );
}

function isEngineWork({ parent, function: name, file }: CallNode): boolean {
  return parent === null && file === '' && ENGINE_WORK.includes(name);
}

/**
 * It is pprofql's where the topmost frame that is not the runtime's is. Where pprofql called the
 * program, the time is the program's.
 */
function isOwnWork(leaf: CallNode, nodes: readonly CallNode[]): boolean {
  return pathOf(leaf, nodes).find(({ origin }) => origin !== 'RUNTIME')?.isPprofql ?? false;
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
