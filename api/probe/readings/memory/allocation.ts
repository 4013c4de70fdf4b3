/** What was allocated in a stretch of time, freed objects included, and what it takes to know it. */

export interface AllocationProfileRequest {
  /** Counts up within one probe. A request that comes late, after its profile is over, starts nothing. */
  id: number;
  /** Mean bytes between two samples. */
  samplingIntervalBytes: number;
  /** The sampler stops by itself some seconds after this, should nobody stop it. */
  durationMs: number;
}

export interface AllocationProfileStart {
  startedAtMs: number;
  /** How long the observed loop stood still for the start. */
  startPauseMs: number;
}

/**
 * One allocation profile: V8's call tree as columns. Node i hangs below `parent[i]` (-1: a root). V8
 * tells bytes and no objects here.
 */
export interface AllocationReading extends AllocationProfileStart {
  id: number;
  durationMs: number;
  samplingIntervalBytes: number;
  /** How long the observed loop stood still for this read. */
  stopPauseMs: number;
  strings: string[];
  parent: Int32Array;
  /** Indexes into `strings`. */
  functionName: Int32Array;
  file: Int32Array;
  /** Where the function begins, 1-based; 0: unknown. */
  line: Int32Array;
  column: Int32Array;
  /** Allocated by the node itself, scaled up to an estimate. */
  bytes: Float64Array;
  /** Sampled objects behind that. */
  samples: Float64Array;
  /** Of `bytes`, in bytes squared. */
  variance: Float64Array;
}
