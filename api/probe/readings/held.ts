/** The list in which callbacks stand that requests in flight wait for. */
import type { StackFrame } from './tasks.ts';

export interface HeldCallbacks {
  /** Callbacks in the list. */
  count: number;
  /** The property or variable that the list is kept in, such as `waiting`. */
  name: string;
  /** Index into `stacks`, of one frame: the class of the object, or the function, whose list it is. */
  keeper: number;
  /** Whether that is a class. */
  isOfClass: boolean;
  /** Index into `stacks`: whose callback stands there, and whose callback that one calls, down to the answer. */
  waiter: number;
  /** Index into `stacks`, of one frame: the function beside the list that works it off; -1 where none is known. */
  worker: number;
}

export interface HeldCallbacksReading {
  takenAtMs: number;
  /** Null where no such list was found. */
  held: HeldCallbacks | null;
  stacks: StackFrame[][];
  pauseMs: number;
}
