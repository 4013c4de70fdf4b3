/**
 * The stacks of a Go dump, as paths in a tree of frame numbers: ten thousand equal stacks cost one,
 * and different ones share what they have in common.
 */
import type { Frame } from '../../profile/profile.ts';

export const ROOT = 0;
/** Children of a node that are offered as guesses. */
export const RECENT = 2;

const INITIAL_CAPACITY = 1024;
const HASH_FACTOR_PARENT = 0x9e3779b1;
const HASH_FACTOR_FRAME = 0x85ebca6b;

export class StackTree {
  readonly #stacks = new Map<number, Frame[]>();
  #nodeCount = 1;
  #parents = new Int32Array(INITIAL_CAPACITY);
  #nodeFrames = new Int32Array(INITIAL_CAPACITY);
  /** `RECENT` children of each node that were taken last, the last first; ROOT for none. */
  #recentChildren = new Int32Array(INITIAL_CAPACITY * RECENT);
  /** Open addressing: a node, or 0 for none, found by its parent and frame. */
  #slots = new Int32Array(INITIAL_CAPACITY * 2);

  /** The node below `parent` for a frame, made where there is none yet. */
  child(parent: number, frame: number): number {
    let slot = this.#slotOf(parent, frame);
    let node = this.#slots[slot]!;
    if (node === ROOT) {
      if (this.#nodeCount === this.#parents.length) {
        this.#grow();
        slot = this.#slotOf(parent, frame);
      }
      node = this.#nodeCount++;
      this.#parents[node] = parent;
      this.#nodeFrames[node] = frame;
      this.#slots[slot] = node;
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

  frameOf(node: number): number {
    return this.#nodeFrames[node]!;
  }

  /** Frames from the first to this node; the same array for the same node. */
  stack(node: number, frames: readonly Frame[]): Frame[] {
    let stack = this.#stacks.get(node);
    if (stack === undefined) {
      stack = this.#framesTo(node, frames);
      this.#stacks.set(node, stack);
    }
    return stack;
  }

  #framesTo(node: number, frames: readonly Frame[]): Frame[] {
    let depth = 0;
    for (let at = node; at !== ROOT; at = this.#parents[at]!) depth++;
    // Filled from its end: a list that grows takes more memory than it needs.
    const stack = new Array<Frame>(depth);
    for (let at = node; at !== ROOT; at = this.#parents[at]!)
      stack[--depth] = frames[this.#nodeFrames[at]!]!;
    return stack;
  }

  #slotOf(parent: number, frame: number): number {
    const mask = this.#slots.length - 1;
    let hash = Math.imul(parent, HASH_FACTOR_PARENT) ^ Math.imul(frame, HASH_FACTOR_FRAME);
    hash ^= hash >>> 15;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const node = this.#slots[slot]!;
      if (node === ROOT) return slot;
      if (this.#parents[node] === parent && this.#nodeFrames[node] === frame) return slot;
    }
  }

  #grow(): void {
    this.#parents = doubled(this.#parents);
    this.#nodeFrames = doubled(this.#nodeFrames);
    this.#recentChildren = doubled(this.#recentChildren);
    this.#slots = new Int32Array(this.#parents.length * 2);
    for (let node = 1; node < this.#nodeCount; node++) {
      this.#slots[this.#slotOf(this.#parents[node]!, this.#nodeFrames[node]!)] = node;
    }
  }
}

function doubled(values: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(values.length * 2);
  larger.set(values);
  return larger;
}
