/** What the heap sampler tells. */

/**
 * One read of the heap sampler: V8's call tree, flattened so that it crosses threads cheaply.
 * Node i hangs below `parent[i]` (-1: a root) and has four values at `values[4 * i]`:
 * alloc_objects, alloc_space, inuse_objects, inuse_space, scaled up to estimates.
 */
export interface HeapReading {
  collectedAtMs: number;
  /** How long the observed loop stood still for this read. */
  pauseMs: number;
  /**
   * When the pause budget, which other reads spend as well, lets the heap be read again; not before an
   * allocation profile gives the sampler back. Told anew with each answer.
   */
  nextReadAtMs: number;
  /** Whether the two alloc columns mean something (Node 26 and later). */
  cumulative: boolean;
  /** Mean bytes between two samples now. */
  samplingIntervalBytes: number;
  /**
   * Times the sampler was restarted with a coarser interval to stay within its memory cap. From then
   * on the live values of older objects are estimates (`rotation/carried-heap.ts`), which `evidence` bounds.
   * Cumulative values are carried unchanged.
   */
  rotations: number;
  strings: string[];
  parent: Int32Array;
  /** Indexes into `strings`. */
  functionName: Int32Array;
  file: Int32Array;
  /**
   * Where the function begins, 1-based; V8 does not record the line that allocates. 0: unknown. V8
   * does not see inlined functions either: what one allocates counts for the function around it.
   */
  line: Int32Array;
  /** The same of its column, by which source maps tell the functions of one long line apart. */
  column?: Int32Array;
  values: Float64Array;
  /**
   * How far `values` can be trusted: six numbers a node at `evidence[6 * i]`. Samples and variance
   * (bytes squared) of the cumulative bytes, samples and variance of the live bytes, by how many
   * bytes the live ones may be off besides, because nobody saw which objects died, and how many samples
   * they are therefore taken to have lost.
   */
  evidence: Float64Array;
}

/** Why the heap sampler cannot give something; null: it can. */
export interface HeapAvailability {
  inuse: string | null;
  cumulative: string | null;
}
