/** What lives outside the heap, by who made it: of what was made while somebody had it watched. */
import type { StackFrame } from '../tasks.ts';

export interface OutsideQuestion {
  /** What was made less long ago may still be in use, and is left out. */
  settledMs: number;
}

export interface CollectionRequest {
  /** Somebody waits for it, and may have a pause as long as the budget gives. @default false */
  isAskedFor?: boolean;
}

/** All garbage was collected, for which the program stood still. */
export interface CollectionReading {
  endedAtMs: number;
  pauseMs: number;
}

export interface OutsideWatch {
  /** Buffers, by a stand-in in the place of `Buffer.alloc` and the like. */
  buffers: boolean;
  /** Handles and native objects, by async_hooks. */
  resources: boolean;
  /** It ends by itself after so long; another watch prolongs it. */
  forMs: number;
}

/** What one line made, of one kind. Counts and bytes are estimates wherever only a sample was looked at. */
export interface MadeReading {
  /**
   * `BUFFER`, or the async_hooks type: `TCPWRAP`, `Timeout`, `ZLIB`, `WORKER`, …; `BODY` for the body of an
   * answer that was read, of which nobody knows whether it is kept.
   */
  kind: string;
  /** Index into `stacks`. */
  stack: number;
  /** Made so long ago that what is used briefly is over. */
  settled: number;
  /** Of the settled, those that are still there, and provably so. */
  kept: number;
  keptBytes: number;
  /** Of the kept, those that nothing has used lately; null where use cannot be told. */
  idle: number | null;
  /** Of the kept, the connections that lead to a server of this very process. */
  toItself: number;
  /** Records that the estimate stands on. */
  records: number;
  /** When the first and the last of the kept were made; null for none. */
  oldestAtMs: number | null;
  newestAtMs: number | null;
  /** Timers: whether they repeat. */
  isRepeating: boolean;
}

export interface OutsideReading {
  takenAtMs: number;
  made: MadeReading[];
  stacks: StackFrame[][];
  /** Since when buffers, and resources, have been watched, ended watches included; null for never. */
  buffersSinceMs: number | null;
  resourcesSinceMs: number | null;
  /** Why buffers cannot be watched in this process; null where they can. */
  buffersUnwatchable: string | null;
  /** When garbage was last collected throughout; null where nobody knows. */
  collectedAtMs: number | null;
}
