/**
 * The stacks of a Go dump, as paths in a tree of frame numbers: ten thousand equal stacks cost one,
 * and different ones share what they have in common.
 */
import { HashIndex, hashOfPair, NONE } from '../../base/numbers/hash-index.ts';
import type { Frame } from '../../profile/profile.ts';
import type { FrameTable } from './frame-table.ts';

export const ROOT = 0;
/** Children of a node that are offered as guesses. */
export const RECENT = 2;

/** What the root stands for. */
const NO_FRAME = -1;
const INITIAL_CAPACITY = 1024;

export class StackTree {
  /** By node, for those that a goroutine ends at. */
  readonly #stacks: Frame[][] = [];
  #parents = new Int32Array(INITIAL_CAPACITY);
  #nodeFrames = new Int32Array(INITIAL_CAPACITY);
  /** `RECENT` children of each node that were taken last, the last first; ROOT for none. */
  #recentChildren = new Int32Array(INITIAL_CAPACITY * RECENT);
  /** Nodes by their parent and frame. */
  readonly #index = new HashIndex();

  /** Nodes that a goroutine ends at. */
  #isEnd = new Uint8Array(INITIAL_CAPACITY);
  readonly #path: number[] = [];
  /** The largest number of a frame so far. */
  #lastFrame = NO_FRAME;
  /** Different stacks. */
  endCount = 0;
  /** The root included. */
  nodeCount = 1;

  constructor() {
    const root = this.#index.add(hashOfPair(ROOT, NO_FRAME));
    this.#nodeFrames[root] = NO_FRAME;
  }

  /** The node below `parent` for a frame, made where there is none yet. */
  child(parent: number, frame: number): number {
    const hash = hashOfPair(parent, frame);
    // Frames are numbered as they come: a new one has been nobody's child, and the last node has none.
    const isNew = frame > this.#lastFrame || parent === this.nodeCount - 1;
    let node = isNew ? NONE : this.#find(parent, frame, hash);
    if (node === NONE) {
      this.#lastFrame = Math.max(this.#lastFrame, frame);
      node = this.#index.add(hash);
      if (node === this.#parents.length) this.#grow();
      this.nodeCount++;
      this.#parents[node] = parent;
      this.#nodeFrames[node] = frame;
    }
    this.remember(parent, node);
    return node;
  }

  /** One of the children taken last below this node, the last one for 0; or ROOT. Good guesses for what comes next. */
  recentChild(node: number, index: number): number {
    return this.#recentChildren[node * RECENT + index]!;
  }

  /** Puts a child at the front of its parent's recent ones. */
  remember(parent: number, child: number): void {
    const recentChildren = this.#recentChildren;
    const first = parent * RECENT;
    let moved = child;
    for (let at = first; at < first + RECENT; at++) {
      const replaced = recentChildren[at]!;
      recentChildren[at] = moved;
      if (replaced === child) return;
      moved = replaced;
    }
  }

  /** Notes that a goroutine ends there. */
  end(node: number): void {
    if (this.#isEnd[node] === 0) this.endCount++;
    this.#isEnd[node] = 1;
  }

  /** Numbers of the frames from this node up to the first, in a list that the next call overwrites. */
  upwards(node: number): readonly number[] {
    const path = this.#path;
    path.length = 0;
    for (let at = node; at !== ROOT; at = this.#parents[at]!) path.push(this.#nodeFrames[at]!);
    return path;
  }

  frameOf(node: number): number {
    return this.#nodeFrames[node]!;
  }

  /** Frames from the first to this node; the same array for the same node. */
  stack(node: number, frames: FrameTable): Frame[] {
    const stack = this.#stacks[node] ?? this.#framesTo(node, frames);
    this.#stacks[node] = stack;
    return stack;
  }

  #framesTo(node: number, frames: FrameTable): Frame[] {
    let depth = 0;
    for (let at = node; at !== ROOT; at = this.#parents[at]!) depth++;
    // Filled from its end: a list that grows takes more memory than it needs.
    const stack = new Array<Frame>(depth);
    for (let at = node; at !== ROOT; at = this.#parents[at]!)
      stack[--depth] = frames.frame(this.#nodeFrames[at]!);
    return stack;
  }

  #find(parent: number, frame: number, hash: number): number {
    const index = this.#index;
    let node = index.first(hash);
    while (node !== NONE && (this.#parents[node] !== parent || this.#nodeFrames[node] !== frame)) {
      node = index.next();
    }
    return node;
  }

  #grow(): void {
    this.#parents = doubled(this.#parents);
    this.#nodeFrames = doubled(this.#nodeFrames);
    this.#recentChildren = doubled(this.#recentChildren);
    const isEnd = new Uint8Array(this.#parents.length);
    isEnd.set(this.#isEnd);
    this.#isEnd = isEnd;
  }
}

function doubled(values: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(values.length * 2);
  larger.set(values);
  return larger;
}
