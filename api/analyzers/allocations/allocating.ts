/** Which functions allocated in a stretch of time, and below whom: what a flame graph draws. */
import { NS_PER_MS } from '../../base/numbers/units.ts';
import { type Frame, type Profile, sampleTypeIndex } from '../../profile/profile.ts';
import { callTree } from '../cpu/call-tree.ts';
import { hotFunctions } from '../cpu/hot-functions.ts';

export interface AllocatingFunction {
  frame: Frame;
  /** By the function itself. */
  selfBytes: number;
  /** With everything it called; recursive calls are counted once. */
  totalBytes: number;
  /** Share of all bytes, 0 to 100. */
  selfPercent: number;
  totalPercent: number;
  /** Sampled objects behind `selfBytes`. */
  selfSamples: number;
}

export interface AllocationTreeNode {
  /** Index of the caller in the same list, always a smaller one; null for an outermost frame. */
  parent: number | null;
  frame: Frame;
  selfBytes: number;
  totalBytes: number;
  samples: number;
}

export interface AllocatedOptions {
  limit: number;
}

/** Most bytes of its own first. */
export function allocatingFunctions(
  profile: Profile,
  options: AllocatedOptions,
): AllocatingFunction[] {
  return hotFunctions(bytesAsTime(profile), options).map(({ self, total, ...row }) => ({
    ...row,
    selfBytes: self.wallMs,
    totalBytes: total.wallMs,
    selfSamples: self.samples,
  }));
}

/** Depth first, callees with the most bytes first; what is cut off below a node is `(other)`. */
export function allocationTree(profile: Profile, options: AllocatedOptions): AllocationTreeNode[] {
  return callTree(bytesAsTime(profile), options).map(({ parent, frame, self, total }) => ({
    parent,
    frame,
    selfBytes: self.wallMs,
    totalBytes: total.wallMs,
    samples: total.samples,
  }));
}

/** The analyzers of CPU profiles add up whatever stands as time: a byte for a millisecond. */
function bytesAsTime(profile: Profile): Profile {
  const bytes = sampleTypeIndex(profile, 'alloc_space');
  return {
    ...profile,
    sampleTypes: [
      { type: 'samples', unit: 'count' },
      { type: 'wall', unit: 'nanoseconds' },
    ],
    samples: profile.samples.map(({ stack, values, evidence }) => ({
      stack,
      values: [
        Math.max(1, Math.round(evidence?.cumulative.samples ?? 0)),
        (values[bytes] ?? 0) * NS_PER_MS,
      ],
    })),
  };
}
