/** Of a worker thread. */
import type { Frame } from '../../profile/profile.ts';

/** A worker thread, as it is judged. */
export interface ThreadEvidence {
  /** As in `worker-3 of pool.js`. */
  title: string;
  /** Null where it has had time left lately, or the system does not tell. */
  busy: BusyWorkerEvidence | null;
  /** The main thread does nothing but wait, as `Atomics.wait` has it do. */
  isMainWaiting: boolean;
}

export interface BusyWorkerEvidence {
  sinceMs: number;
  /** The function that most looks found, top frame first; empty before the first. */
  frames: readonly Frame[];
  /** Of the looks, 0 to 1. */
  share: number;
}
