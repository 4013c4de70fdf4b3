/** A CPU profile, and what it takes to have one. */
import type { SpanIds } from './span.ts';

/** What a CPU profile is asked to be. */
export interface CpuProfileRequest {
  /** Counts up within one probe. A request that comes late, after its profile is over, starts nothing. */
  id: number;
  /** Mean microseconds between two samples. */
  samplingIntervalUs: number;
  /** The sampler stops by itself some seconds after this, should nobody stop it. */
  durationMs: number;
}

/** The CPU sampler has been started. */
export interface CpuProfileStart {
  /** When the start was over, and the program went on. */
  startedAtMs: number;
  /** How long the observed loop stood still for the start. */
  startPauseMs: number;
}

/**
 * One CPU profile: V8's call tree and the samples in it, as columns of plain arrays, because it
 * also crosses as JSON, from a thread whose loop is stuck.
 *
 * Node i hangs below `parent[i]` (-1: a root). V8's own `(idle)`, `(program)` (native code outside of
 * any JavaScript call) and `(garbage collector)` are roots without a file.
 */
export interface CpuReading {
  id: number;
  startedAtMs: number;
  /**
   * Time that was sampled: without the start and the end, during which the program stands still,
   * reads of the heap in between, and time in which the process did not run.
   */
  durationMs: number;
  samplingIntervalUs: number;
  startPauseMs: number;
  /** How long the observed loop stood still for this read. */
  stopPauseMs: number;
  strings: string[];
  parent: number[];
  /** Indexes into `strings`. */
  functionName: number[];
  file: number[];
  /** Where the function begins, 1-based; 0: unknown. */
  line: number[];
  column: number[];
  /** The node each sample was taken in, in the order they were taken. */
  sampleNode: number[];
  /** Index into `routes` of the request it was taken in; -1: none. */
  sampleRoute: number[];
  /** CPU time of the thread since the sample before, microseconds; null where this platform cannot tell. */
  sampleCpuUs: number[] | null;
  /** Microseconds since the start, of the time that `durationMs` counts; null where this platform cannot tell. */
  sampleAtUs: number[] | null;
  /** Samples whose node was left out because the tree is too large; they are not among the above. */
  droppedSamples: number;
  /** For example `GET /users/:id`. */
  routes: string[];
  /** Index into `spans` of the span that was active as it was taken; -1: none. Absent where no sample has one. */
  sampleSpan?: number[];
  /** Of OpenTelemetry; absent as before. */
  spans?: SpanIds[];
  /** Why samples carry no route; null: they do. */
  routesUnavailable: string | null;
  /** CPU time of all other threads of the process meanwhile; null where unknown. */
  otherThreadsCpuUs: number | null;
}
