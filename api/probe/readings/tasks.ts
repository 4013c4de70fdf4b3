/** Live async tasks, where they wait or were created, and the requests they belong to. */
import type { InstrumentationReading } from './instrumentation.ts';
import type { SpanIds } from './span.ts';

export interface StackFrame {
  function: string;
  file: string;
  line: number;
  column: number;
  /** `file` relative to the program's folder; a probe leaves it out. */
  path?: string;
  /** Reached through an `await`, not by a call. */
  isAsync: boolean;
}

/** A request the process is serving, or served while tasks of it still live. */
export interface RequestReading {
  id: number;
  /** Counts up with tasks and requests, in the order in which they came. */
  asyncId: number;
  method: string;
  /** The framework's route pattern where it is known, else the path with ids replaced. */
  route: string;
  startedAtMs: number;
  /** Null while the request is in flight. */
  endedAtMs: number | null;
  /** Sampling left out its tasks: that none is here tells nothing of where it waits. Absent where it did not. */
  isLeftOut?: true;
}

/** Whether a stack is where a task waits now, innermost `await` first, or where it was created. */
export type StackKind = 'WAITS' | 'CREATED';

/** One live async task. Indexes point into the lists of the same `TaskReading`. */
export interface TaskReading {
  /** Counts up with tasks and requests, in the order in which they came. */
  id: number;
  /** async_hooks type: `PROMISE`, `Timeout`, `TCPWRAP`, … ; `HTTP_REQUEST` for a request in flight. */
  type: string;
  /** Null where nobody saw it being made: one that was sampled out, or from before pprofql. */
  createdAtMs: number | null;
  /** How many tasks this record stands for (1 / probability at its creation). */
  weight: number;
  /** Index into `stacks`; -1 where no stack was recorded. */
  stack: number;
  stackKind: StackKind;
  /**
   * Only of what a request waits for. Where it was made: who made it says whose pool or lock it is; and
   * `stack` with the function on top whose outcome is awaited there. Absent where it is not known, or
   * there is none.
   */
  madeAt?: number;
  standsIn?: number;
  /** `RequestReading.id` of the request that it was created in or that awaits it, or null. */
  request: number | null;
  /**
   * `RequestReading.id` of another request that has made what this one waits for, as in a queue. Absent where it
   * waits for none, or that is not known.
   */
  behind?: number;
  /** The span that was active as it was made; absent where none is known. */
  span?: SpanIds;
  /** Whether it keeps the process alive; null where that has no meaning (a promise). */
  isRefed: boolean | null;
}

export interface TasksReading {
  takenAtMs: number;
  /** Of every pending promise of the process, by an enumeration of its heap. */
  isExact: boolean;
  tasks: TaskReading[];
  stacks: StackFrame[][];
  requests: RequestReading[];
  /** Active handles and requests by type that no record stands for. */
  untracked: Record<string, number>;
  /** Longest uninterrupted stretch on the observed loop that this read took. */
  longestSliceMs: number;
  instrumentation: InstrumentationReading;
}
