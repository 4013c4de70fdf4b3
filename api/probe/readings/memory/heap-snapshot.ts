import type { HeapColumns } from '../../heap/tree/columns.ts';

export interface HeapSnapshotRequest {
  /** Path that does not exist yet. */
  file: string;
  /** Epoch milliseconds after which it is not begun any more. */
  latestStartMs: number;
  /** Whether to tell the samples of V8's heap sampler as well. @default false */
  withSizes?: boolean;
}

export interface HeapSnapshotReading {
  collectedAtMs: number;
  /** How long the observed loop stood still for it. */
  pauseMs: number;
  /** What of it the thread had a core for. */
  bookedMs: number;
  /** Null where it was not asked for, and where there is no sampler. */
  sizes: SampledSizes | null;
}

/** Samples of live objects by stack and size: at i, `samples[i]` of `sizeBytes[i]`, by `node[i]` of the tree. */
export interface SampledSizes {
  tree: Omit<HeapColumns, 'values' | 'evidence'>;
  /** -1 for samples without a stack. */
  node: Int32Array;
  sizeBytes: Float64Array;
  samples: Float64Array;
}
