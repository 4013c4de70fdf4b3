/** What stays on the heap. */
import type { Frame } from '../../profile/profile.ts';

/** A stack that holds more of the heap than at an earlier read. */
export interface GrowthEvidence {
  /** Top frame first. */
  frames: readonly Frame[];
  grownBytes: number;
  /** It is within this of `grownBytes` in 95 of 100 cases; null where that is not known. */
  marginBytes: number | null;
}

/** What a collection of the whole heap left. */
export interface LeftEvidence {
  atMs: number;
  bytes: number;
  /** Requests that had ended by then, since the start; null where they are not counted. */
  requests: number | null;
  /** Clients then: open sockets, or requests in flight where there were more of those. Each has something of its own. */
  users: number;
}

/** A place that makes promises which stay in memory. */
export interface KeptPromisesEvidence {
  /** Top frame first. */
  frames: readonly Frame[];
  /** Looked at again long after they were made; those that were still there; and those of them that were settled. */
  sampled: number;
  kept: number;
  settled: number;
  /** An estimate of how many are made here in each second and kept. */
  keptPerSecond: number;
}

/** A growing heap, looked at from the time on at which it was suspected. */
export interface HeapEvidence {
  /** Oldest first; empty where nothing is suspected. */
  left: readonly LeftEvidence[];
  /** Most that are kept first. */
  promises: readonly KeptPromisesEvidence[];
}
