/** Locks that goroutines of a dump wait for, and who holds them as far as a dump can tell. */
import type { Frame } from '../../profile/profile.ts';
import type { Call } from './block.ts';
import type { LockKind } from './waiter.ts';

/** A goroutine that has to do with a lock, and where it is. */
export interface Party {
  goroutineId: number;
  state: string;
  waitMinutes: number;
  /** Its first line of the program's own code; its top frame where there is none. */
  frame: Frame | null;
}

export interface OtherEnd extends Party {
  /** What both were passed, for example `0xc024488900`. */
  shared: string;
}

export interface GoLock {
  kind: LockKind;
  /** For example `0xc4218a4b00`; null where Go does not print it. */
  address: string | null;
  /** What it is a field of, for example `main.(*store) 0xc00008e150`; null where no method of one takes it. */
  struct: string | null;
  /** How many goroutines wait for it. */
  waiters: number;
  /** Of those, who only want to read. */
  readers: number;
  longestWaitMinutes: number;
  /** Where they wait, most of them first; the first ten places. */
  places: { frame: Frame; count: number }[];
  /** The first ten that wait, longest first. */
  waiterIds: number[];
  /** A writer that waits for readers to go, before whom no other reader is let in; null for none. */
  waitingWriter: Party | null;
  /** Of a WaitGroup one of those that are not done yet. Null where nothing in the dump points at one. */
  likelyHolder: Party | null;
  /** The line of the likely holder that is inside of the struct, or was passed it; null where that is `likelyHolder.frame`, and for none. */
  heldIn: Frame | null;
  /** Of a likely holder that waits for a lock or a WaitGroup itself: who it waits for in the end; null where it does not, or nobody is seen. */
  heldUpBy: Party | null;
  /**
   * Of a likely holder that waits at a channel: a goroutine that waits for the lock, and was passed the address that the
   * line at the channel was passed too, so that it may be the other end of it. Null for none.
   */
  otherEnd: OtherEnd | null;
  /**
   * Of an errgroup: all that it waits for have waited at channels for as long as it has. Of any group: one of them has
   * waited to send for as long.
   */
  isHungGroup: boolean;
  /**
   * The goroutines of a circle, in which each waits for what the next one holds: one that waits for a
   * lock it holds itself is a circle of its own. Empty where there is none.
   */
  deadlock: Party[];
}

export function frameOf({ function: name, file, line }: Call): Frame {
  return { function: name, file, line };
}
