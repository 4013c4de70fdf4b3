/** What the observed thread and its event loop do, and what they are given. */
import type { Frame } from '../../profile/profile.ts';

/** What keeps the event loop from turning. */
export const STALL_STATES = [
  'RUNNING_JAVASCRIPT',
  'IN_NATIVE_CODE',
  'READ_BY_PPROFQL',
  'PAUSED_BY_DEBUGGER',
  'UNKNOWN',
] as const;
export type StallState = (typeof STALL_STATES)[number];

/** One that is new, as a younger pprofql tells it, says here only that the loop does not turn. */
export function knownStallState(name: string): StallState {
  return STALL_STATES.find((state) => state === name) ?? 'UNKNOWN';
}

/** What the event loop does now. */
export interface LoopEvidence {
  state: 'RESPONSIVE' | StallState;
  /** The state is probable, and not known; absent for no. */
  isGuess?: boolean;
  /** How long it has not turned; 0 while it does. */
  blockedForMs: number;
  /** Of that, how long the thread could have run and was not given a core; 0 where that is not told. */
  starvedForMs: number;
  /** Top frame first; empty where none is known. */
  frames: readonly Frame[];
}

/** A time in which the event loop did not turn, and which is over. */
export interface PastStall {
  endedAtMs: number;
  lastedMs: number;
  /** Of that, how long the thread could have run and was not given a core; 0 where that is not told. */
  starvedMs: number;
  state: StallState;
  /** Top frame first; empty where none is known. */
  frames: readonly Frame[];
}

/** A line of the program, and the delays of the event loop that it made. */
export interface DelayPlace {
  /** Top frame first. */
  frames: readonly Frame[];
  ms: number;
  /** Of that, in native code that was called here, or in what has just returned to here. */
  nativeMs: number;
}

/** Delays of the event loop from 50 ms on, or from 40 ms on where they take much of the time, of the last minute or since they are watched for. */
export interface DelayEvidence {
  watchedMs: number;
  /** When the first of them began; null for none. */
  sinceMs: number | null;
  /** Without those that pprofql made, like the figures up to `worstMs`. */
  count: number;
  /** Time in them in which the thread did not wait for a core. */
  totalMs: number;
  worstMs: number;
  /** Time in them in which it did. */
  starvedMs: number;
  /** Time in which pprofql itself held the loop. */
  ownWorkMs: number;
  /** Of `totalMs`, in delays that nobody looked into. */
  unseenMs: number;
  /** Most time first. */
  places: readonly DelayPlace[];
}

/** A function of the program, and the time that it took with all that it called of others. */
export interface HotPlace {
  /** Top frame first: of the stack that took most, or one that was seen there. */
  frames: readonly Frame[];
  /** Functions of the program that called it, directly or not, for a notable part of that time. */
  callers: readonly Frame[];
  ms: number;
  /** The route whose requests took most of that time, as in `GET /users/:id`; null where none did. */
  route: string | null;
}

/** Where the time of the observed thread went, by a short CPU profile. */
export interface HotCodeEvidence {
  /** When it began. */
  takenAtMs: number;
  lastedMs: number;
  /** All but idle; the following are of it. */
  busyMs: number;
  collectingMs: number;
  /** In Node and V8, with no code of the program or a package on the stack. */
  nodeMs: number;
  /** Most time first. */
  places: readonly HotPlace[];
}

/** What the observed thread was given of the CPU time that it wanted, over the last half minute. */
export interface CpuTimeEvidence {
  lastedMs: number;
  ranMs: number;
  /** It could have run, and waited for a core or for the next period of a quota. */
  waitedMs: number;
  /** Of the whole process; null where no limit on CPU time is set. */
  quota: { periods: number; throttledPeriods: number; throttledMs: number } | null;
}

/** Jobs that one line has given to libuv's pool of threads, running or waiting. */
export interface PoolJobs {
  what: 'crypto' | 'dns' | 'fs' | 'zlib';
  /** Top frame first: where they were made. */
  frames: readonly Frame[];
  count: number;
  isEstimate: boolean;
  /** Of these, jobs that have each had a thread for seconds, and still have it. */
  held: number;
  /** How old the oldest of those is; 0 for none. */
  heldMs: number;
}

/** How long a job waits for one of the threads that Node has for files, DNS and crypto. */
export interface ThreadPoolEvidence {
  size: number;
  /** Of a job that does next to nothing: the last one, or the one that waits now. */
  waitedMs: number;
  /** Since when jobs wait for long; null where they do not. */
  sinceMs: number | null;
  /** The same of lookups of names alone, which may take half of the threads; null before it was measured. */
  lookups: { waitedMs: number; sinceMs: number | null } | null;
  /** Most first; null where nobody has looked. */
  jobs: readonly PoolJobs[] | null;
  /** All threads are taken, though `jobs` cannot take all: such as those of native packages have some of them. */
  isHeldByUnseen: boolean;
}
