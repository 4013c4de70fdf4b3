/** What is asked of the holders in a heap snapshot, and what is told of them. */
import type { SoughtFunction } from '../graph/shapes.ts';
import type { SizeCounts } from './sampled.ts';
import type { Step } from './steps.ts';

/** What the sampler holds of one allocation stack. */
export interface SampledStack {
  /** Samples of the stack, by size. */
  sizes: SizeCounts;
  /** Of the stack, the one that allocated first; none where no code of the program is in it. */
  functions: readonly SoughtFunction[];
}

export interface HoldersQuestion extends SampledStack {
  /** All other stacks: what is theirs is not of this one. */
  others: readonly SampledStack[];
}

/** What is told of a step; which object it was is nobody's business. */
export type ToldStep = Omit<Step, 'node'> & {
  /** The file as people read it; absent where nobody has looked it up. */
  path?: string;
};

/** One box of the tree of holders. */
export interface HolderNode extends ToldStep {
  /** Index into the same list, smaller than this one's; null for a first step. */
  parent: number | null;
  /** Of the sampled objects of the stack, 0 to 1. */
  share: number;
}

/** Objects that are held by one thing. */
export interface HolderPath {
  /** From the root to the holder, which is the last. */
  steps: ToldStep[];
  /** From the holder to the objects. */
  below: ToldStep[];
  /** How many it holds directly, of whatever kind; null where it is no container. */
  entries: number | null;
  /** How many holders of this kind there are. */
  holders: number;
  /** Of the sampled objects of the stack, 0 to 1. */
  share: number;
  /** Sampled objects behind it, weighted by how likely each is of the stack. */
  samples: number;
}

export interface Holders {
  /** Most first. */
  paths: HolderPath[];
  tree: HolderNode[];
  /** Sampled objects of the stack by the sampler, and how many of them were found and have a path. */
  samples: number;
  found: number;
  objectCount: number;
}
