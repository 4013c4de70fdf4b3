/** What there is outside the heap, and what listens. */
import type { MadeReading } from '../../probe/readings/memory/outside.ts';
import type { Frame } from '../../profile/profile.ts';

/** The listeners of one event of one emitter, at several moments. */
export interface ListenersEvidence {
  /** Class of the emitter; empty where it has none. */
  emitter: string;
  event: string;
  /** Where most of them are made and added, top frame first. */
  frames: readonly Frame[];
  /** The function of the program that has added them for the one in `frames`; null for none. */
  keeper: Frame | null;
  /** Of those that were seen being added, the share that were added there, 0 to 1. */
  share: number;
  /** Oldest first. */
  counts: readonly ListenerCount[];
}

export interface ListenerCount {
  atMs: number;
  count: number;
  /** Requests that had ended by then, since the start; null where they are not counted. */
  requests: number | null;
  /** Open sockets and pipes, and requests in flight: each may rightly have a listener. */
  users: number;
}

/** How much there was outside the heap at one time. */
export interface OutsideLevel {
  atMs: number;
  arrayBuffersBytes: number;
  /** Told to V8 by native objects, without array buffers. */
  nativeBytes: number;
  /** Resident, and in none of the heaps and stores that are known. */
  restBytes: number;
  /** Active handles and timers by the name Node gives them; null where they were not counted. */
  handles: Readonly<Record<string, number>> | null;
  /** Open descriptors of the process; null where the system does not tell. */
  descriptors: number | null;
  workers: number;
}

/** What one stack made outside the heap while that was watched. */
export interface MadeEvidence extends Omit<MadeReading, 'stack'> {
  /** Top frame first. */
  frames: readonly Frame[];
}

/** Descriptors of regular files that are open. */
export interface OpenFilesEvidence {
  /** Of one file, or of the folder that several are in. */
  path: string;
  isFolder: boolean;
  count: number;
}

/** The processes that the program has begun, and those that they have. */
export interface ChildrenEvidence {
  /** Since when they have used next to no CPU time, as far as somebody has looked. */
  idleSinceMs: number;
  /** One of them listens on a port: somebody may come to it. */
  areListening: boolean;
}

export interface OutsideEvidence {
  /** Of the last minutes, oldest first. */
  levels: readonly OutsideLevel[];
  /** As last read; empty where nothing was suspected. */
  made: readonly MadeEvidence[];
  /** What of buffers was watched from when to when is in `made`; null for nothing. */
  buffersWatched: { sinceMs: number; untilMs: number } | null;
  /** As last read, most first; empty where descriptors are not suspected, or the system does not tell. */
  openFiles: readonly OpenFilesEvidence[];
  /** Cores that the process may use. */
  cores: number;
}
