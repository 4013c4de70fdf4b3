/** Who called whom for how long: what a flame graph draws. */
import type { Frame, Profile } from '../../profile/profile.ts';
import { compareFrames } from '../frame-order.ts';
import { addTimes, byMostTime, type Times, timesReader } from './times.ts';

export interface CallTreeNode {
  /** Index of the caller in the same list, always a smaller one; null for an outermost frame. */
  parent: number | null;
  frame: Frame;
  self: Times;
  /** With everything it called. */
  total: Times;
}

export interface CallTreeOptions {
  /** Nodes that are kept, those with the most time. @default 2_000 */
  limit?: number;
}

const NODES = 2_000;

/** Stands below a node for the calls that were cut off there. */
const OTHER_CALLS: Frame = { function: '(other)', file: '', line: 0 };

interface BuiltNode {
  frameIndex: number;
  self: Times;
  total: Times;
  children: Map<number, BuiltNode>;
}

/**
 * Equal stacks share their nodes. Depth first, callees with the most time first. A node of which
 * callees were cut off gets one more, `(other)`, that holds their time.
 *
 * For example the stacks (outermost first) `a b`, `a b a` and `a` with one sample each give
 * `a` self 1 total 3, below it `b` self 1 total 2, below that `a` self 1 total 1.
 */
export function callTree(
  profile: Profile,
  { limit = NODES }: CallTreeOptions = {},
): CallTreeNode[] {
  const { roots, nodes } = buildTree(profile);
  // A caller never has less than its callee, and was built before it: its place in a stable order is earlier.
  const kept = new Set([...nodes].sort((a, b) => byMostTime(a.total, b.total)).slice(0, limit));
  const order = (a: BuiltNode, b: BuiltNode) =>
    byMostTime(a.total, b.total) ||
    compareFrames(profile.frames[a.frameIndex]!, profile.frames[b.frameIndex]!);
  const { zero } = timesReader(profile);

  const listed: CallTreeNode[] = [];
  const pending: { node: CallTreeNode; callees: Iterable<BuiltNode> }[] = [];
  /** Last in, first out: what is to be listed first is put in last. */
  function expand(parent: number | null, callees: Iterable<BuiltNode>): void {
    const shown: BuiltNode[] = [];
    const other = zero();
    for (const callee of callees) {
      if (kept.has(callee)) shown.push(callee);
      else addTimes(other, callee.total);
    }
    if (other.samples > 0) {
      pending.push({
        node: { parent, frame: OTHER_CALLS, self: other, total: other },
        callees: [],
      });
    }
    for (const { frameIndex, self, total, children } of shown.sort(order).reverse()) {
      const frame = profile.frames[frameIndex]!;
      pending.push({ node: { parent, frame, self, total }, callees: children.values() });
    }
  }

  expand(null, roots);
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    expand(listed.push(next.node) - 1, next.callees);
  }
  return listed;
}

/** @returns all nodes, callers before their callees */
function buildTree(profile: Profile): { roots: Iterable<BuiltNode>; nodes: BuiltNode[] } {
  const read = timesReader(profile);
  const roots = new Map<number, BuiltNode>();
  const nodes: BuiltNode[] = [];
  for (const sample of profile.samples) {
    const times = read.times(sample);
    let parent: BuiltNode | null = null;
    for (let depth = sample.stack.length - 1; depth >= 0; depth--) {
      const siblings: Map<number, BuiltNode> = parent?.children ?? roots;
      const frameIndex = sample.stack[depth]!;
      let node = siblings.get(frameIndex);
      if (node === undefined) {
        node = { frameIndex, self: read.zero(), total: read.zero(), children: new Map() };
        siblings.set(frameIndex, node);
        nodes.push(node);
      }
      addTimes(node.total, times);
      if (depth === 0) addTimes(node.self, times);
      parent = node;
    }
  }
  return { roots: roots.values(), nodes };
}
