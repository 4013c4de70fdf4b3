/** What keeps the event loop from turning, now and in the past. */
import type { StallState } from '../../health/evidence/loop.ts';
import type { Frame } from '../../profile/profile.ts';

export interface StallStack {
  /** Top frame first. */
  frames: Frame[];
  /** How many looks at the thread found this stack. */
  looks: number;
  /** The latest of them. */
  seenAtMs: number;
  /** Seen as native code returned: the native call was made here, or in what has just returned to here. */
  isNativeCaller: boolean;
}

/** A time in which the event loop did not turn for longer than the threshold. */
export interface Stall {
  /** Unlike that of any other stall of this start of the process. */
  id: string;
  /** When the loop last turned before it. */
  startedAtMs: number;
  /** Null while it lasts. */
  durationMs: number | null;
  state: StallState;
  /** How often the thread was looked at, and how often it was in native code then. */
  looks: number;
  nativeLooks: number;
  /** Looks that found further stacks that were not kept. */
  droppedLooks: number;
  /** Those with code of the program first, and of these the one with most looks. */
  stacks: StallStack[];
  sentence: string;
}

export interface EventLoopStatus {
  state: 'RESPONSIVE' | StallState;
  /** Milliseconds since the loop last turned; 0 while it does. */
  blockedForMs: number;
  /** The state is probable, and not known; absent for no. */
  isGuess?: boolean;
  /** Of that, how long the thread could have run and was not given a core; 0 where that is not told. */
  starvedForMs: number;
  /** The stack that this stall is called after; null while the loop turns and where none was found. */
  stack: StallStack | null;
  sentence: string;
  /** Why stalls are not watched; null where they are. */
  unwatchedReason: string | null;
}
