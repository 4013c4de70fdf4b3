/**
 * What the kernel gave a thread: the time it ran, and the time it wanted to run and was not let.
 * Linux alone tells that, in `/proc/self/task/TID/schedstat`, without asking the thread.
 */

import { Buffer } from 'node:buffer';
import { closeSync, openSync, readSync } from 'node:fs';
import { math } from './numbers/math.ts';
import { NS_PER_MS } from './numbers/units.ts';

/** Since the thread began. */
export interface ThreadTime {
  ranMs: number;
  /** It could have run, and waited for a core or for the next period of a quota. */
  waitedMs: number;
}

export interface ThreadTimeReader {
  /** About 10 microseconds of the calling thread; null where the kernel does not tell. */
  read(): ThreadTime | null;
  close(): void;
}

/** Where the thread is unknown. */
export const NO_THREAD_TIME: ThreadTimeReader = { read: () => null, close: () => {} };

/** Of a stretch, this share in which the thread waited for a core makes the rest suspect as well. */
const STARVED_SHARE = 0.25;

/**
 * How much of a stretch between two reads the thread was kept from running. Where it waited for a core much of
 * the time, nothing but what it ran counts as its own: it also waits for threads of V8 that are starved like
 * it. Else what it slept is its own too, as in a synchronous read.
 */
export function starvedMsOf(
  lastedMs: number,
  before: ThreadTime | null,
  after: ThreadTime | null,
): number {
  if (before === null || after === null) return 0;
  const waitedMs = waitedMsBetween(before, after);
  if (waitedMs < lastedMs * STARVED_SHARE) return waitedMs;
  return math.max(0, lastedMs - math.max(0, after.ranMs - before.ranMs));
}

/**
 * What the thread had been given by a beat, which another thread notices some time after it: read at the last look
 * before it was noticed, and as it was.
 */
export interface TimeAtBeat {
  before: ThreadTime | null;
  after: ThreadTime | null;
}

/** How much of a stretch since a beat the thread was kept from running: the most that it may have been. */
export function starvedMsSince(
  { before, after }: TimeAtBeat,
  lastedMs: number,
  now: ThreadTime | null,
): number {
  const waitedMs = math.min(lastedMs, waitedMsBetween(before, now));
  return math.max(waitedMs, starvedMsOf(lastedMs, after, now));
}

/** Follows what a watched thread is given, from one look at its beats to the next. */
export interface BeatTime {
  /** Reads anew: with each look, before a beat is noticed by it. */
  look(): void;
  /** The latest look has noticed a beat. @returns what the thread had been given by the beat before */
  beat(): TimeAtBeat;
  /** How much of a stretch since the latest beat the thread was kept from running, until now. */
  starvedMs(lastedMs: number): number;
  /** As it was read by the latest look. */
  latest(): ThreadTime | null;
}

export function followBeats(read: () => ThreadTime | null): BeatTime {
  let latest = read();
  let before = latest;
  let atBeat: TimeAtBeat = { before: latest, after: latest };
  return {
    look() {
      before = latest;
      latest = read();
    },
    beat() {
      const atBeatBefore = atBeat;
      atBeat = { before, after: latest };
      return atBeatBefore;
    },
    starvedMs: (lastedMs) => starvedMsSince(atBeat, lastedMs, read()),
    latest: () => latest,
  };
}

/** 0 where it is not known. */
export function waitedMsBetween(before: ThreadTime | null, after: ThreadTime | null): number {
  return before === null || after === null ? 0 : math.max(0, after.waitedMs - before.waitedMs);
}

const LONGEST_LINE = 128;

/** Of the thread that asks, in some 30 microseconds; null where the kernel does not tell. */
export function readThisThread(): ThreadTime | null {
  const reader = readerOf('/proc/thread-self/schedstat');
  const time = reader.read();
  reader.close();
  return time;
}

/** @param threadId of a thread of this process; the main thread has that of the process */
export function openThreadTime(threadId: number): ThreadTimeReader {
  return readerOf(`/proc/self/task/${threadId}/schedstat`);
}

function readerOf(path: string): ThreadTimeReader {
  const file = open(path);
  const bytes = Buffer.alloc(LONGEST_LINE);
  let isOpen = file !== null;
  return {
    read() {
      if (file === null || !isOpen) return null;
      try {
        return parseSchedstat(
          bytes.toString('latin1', 0, readSync(file, bytes, 0, LONGEST_LINE, 0)),
        );
      } catch {
        return null;
      }
    },
    close() {
      if (file !== null && isOpen) closeSync(file);
      isOpen = false;
    },
  };
}

/**
 * For example `41534611 159353419 20`: nanoseconds that it ran and waited, and how often it ran.
 * @internal
 */
export function parseSchedstat(text: string): ThreadTime | null {
  const [ranNs = Number.NaN, waitedNs = Number.NaN] = text.trim().split(/\s+/).map(Number);
  // A kernel without these statistics writes zeros, and no thread that reads has never run.
  if (!Number.isFinite(ranNs + waitedNs) || ranNs === 0) return null;
  return { ranMs: ranNs / NS_PER_MS, waitedMs: waitedNs / NS_PER_MS };
}

function open(path: string): number | null {
  try {
    return openSync(path, 'r');
  } catch {
    return null;
  }
}
