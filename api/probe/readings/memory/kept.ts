/** What was made while somebody looked, and is still held by somebody: listeners, and promises. */
import type { StackFrame } from '../tasks.ts';

export interface KeptQuestion {
  /** For how long to look, from now on, at what is made; 0 only tells what was seen before. */
  windowMs: number;
  /**
   * For how long to look at who adds listeners, which costs less. A window of theirs that is open for
   * longer stays so. @default windowMs
   */
  listenersMs?: number;
}

/** The listeners of one event of one emitter that had many already when another was added. */
export interface ListenersReading {
  /** The same in every reading. */
  id: number;
  /** Class of the emitter, such as `EventEmitter` or `AbortSignal`. */
  emitter: string;
  event: string;
  /** How many it has now. */
  count: number;
  /** Of those that were seen being added, how many were by the line that adds most. */
  added: number;
  addedMost: number;
  /** Index into `stacks`: where most were added. */
  stack: number;
}

/** Promises that were seen being made at one place, long enough ago that what is used briefly is gone. */
export interface KeptPromisesReading {
  /** Index into `stacks`. */
  stack: number;
  /** Those that a sample was taken of, and the ones of them that are still in memory after a collection. */
  sampled: number;
  kept: number;
  /** Of the kept, those that have been settled: nobody waits for them any more. */
  settled: number;
  /** An estimate of how many are made here in each second and kept. */
  keptPerSecond: number;
}

export interface KeptReading {
  takenAtMs: number;
  listeners: ListenersReading[];
  promises: KeptPromisesReading[];
  stacks: StackFrame[][];
  /** Open sockets and pipes: what has a listener for each of them grows with its visitors. */
  sockets: number;
}
