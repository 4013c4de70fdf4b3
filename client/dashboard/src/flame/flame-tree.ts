/** Stacks with values, merged from the root into a tree. Pure. */
import type { Frame } from '../frames/frames.ts';

export interface WeightedStack {
  /** Top frame (the leaf) first. */
  frames: readonly Frame[];
  value: number;
}

export interface FlameNode {
  /** The path from the root; the same for the same call path in every profile. */
  key: string;
  /** Null for the root. */
  frame: Frame | null;
  /** Of this frame and all it called. */
  total: number;
  /** Of this frame alone. */
  self: number;
  /** Largest first. */
  children: FlameNode[];
}

interface Builder {
  node: FlameNode;
  byFrame: Map<string, Builder>;
}

/**
 * Example: main→a→b 3, main→a 1, main→c 2 → root 6 { main 6 { a 4 (self 1) { b 3 }, c 2 } }.
 */
export function flameTree(stacks: readonly WeightedStack[]): FlameNode {
  const root = builder('', null);
  for (const { frames, value } of stacks) {
    if (value <= 0) continue;
    let current = root;
    current.node.total += value;
    for (const frame of frames.toReversed()) {
      current = childFor(current, frame);
      current.node.total += value;
    }
    current.node.self += value;
  }
  return finish(root);
}

function builder(key: string, frame: Frame | null): Builder {
  return { node: { key, frame, total: 0, self: 0, children: [] }, byFrame: new Map() };
}

function childFor(parent: Builder, frame: Frame): Builder {
  const name = `${frame.function} ${frame.file}:${frame.line}`;
  let child = parent.byFrame.get(name);
  if (child === undefined) {
    child = builder(`${parent.node.key}\n${name}`, frame);
    parent.byFrame.set(name, child);
  }
  return child;
}

function finish({ node, byFrame }: Builder): FlameNode {
  node.children = [...byFrame.values()]
    .map(finish)
    .sort((a, b) => b.total - a.total || (a.key < b.key ? -1 : 1));
  return node;
}

export interface FlameBox {
  node: FlameNode;
  /** 0 for the root's row. */
  depth: number;
  /** Left edge and width as shares of the whole, 0 to 1. */
  left: number;
  width: number;
  parentKey: string | null;
}

/** Narrower boxes could be neither seen nor hit. */
const NARROWEST = 0.0015;

/**
 * The boxes to draw, with `zoomed` over the full width and its callers above it.
 * @param zoomed key of a node; one that is not there means the root
 */
export function layOut(root: FlameNode, zoomed: string): FlameBox[] {
  const path = pathTo(root, zoomed) ?? [root];
  const boxes: FlameBox[] = path.map((node, depth) => ({
    node,
    depth,
    left: 0,
    width: 1,
    parentKey: path[depth - 1]?.key ?? null,
  }));
  const focus = path.at(-1) ?? root;
  placeChildren(focus, path.length, 0, 1, boxes);
  return boxes;
}

function placeChildren(
  node: FlameNode,
  depth: number,
  left: number,
  width: number,
  boxes: FlameBox[],
): void {
  let edge = left;
  for (const child of node.children) {
    const share = node.total === 0 ? 0 : (child.total / node.total) * width;
    if (share < NARROWEST) break;
    boxes.push({ node: child, depth, left: edge, width: share, parentKey: node.key });
    placeChildren(child, depth + 1, edge, share, boxes);
    edge += share;
  }
}

function pathTo(node: FlameNode, key: string): FlameNode[] | null {
  if (node.key === key) return [node];
  if (node.key !== '' && !key.startsWith(`${node.key}\n`)) return null;
  for (const child of node.children) {
    const path = pathTo(child, key);
    if (path !== null) return [node, ...path];
  }
  return null;
}
