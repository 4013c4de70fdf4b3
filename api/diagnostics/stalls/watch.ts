/**
 * Notices when the observed loop stops turning, looks at what it does instead, and remembers it.
 * Runs on another thread than the loop it watches.
 */
import { type Hurry, withDeadline } from '../../base/waiting/deadline.ts';
import { beatPeriodMs, monotonicMs, readHeartbeat } from '../../link/heartbeat.ts';
import { ANSWER_DEADLINE_MS, type MainThreadInspector } from '../../link/inspector.ts';
import type { StackFrame } from '../../probe/probe.ts';
import { recordStall, type StallRecord } from './stall.ts';
import type { EventLoopStatus, Stall } from './types.ts';

/** Stalls that are remembered. */
const HISTORY_SIZE = 50;

/** Looks at a lasting stall follow each other at twice the distance each time, up to a minute. */
const FIRST_LOOK_DISTANCE_MS = 1_000;
const LONGEST_LOOK_DISTANCE_MS = 60_000;

/** How long a stall may go without its stack because source maps are still being read. */
const LOCATE_DEADLINE_MS = 2_000;

/** An own read that made at least this share of a stall is to blame for it. */
const BLAME_SHARE = 0.5;

const NOT_INSPECTABLE = 'only the main thread can be looked into, and another one is observed';

export interface StallWatchOptions {
  /** Memory of the heartbeat of the watched loop. */
  heartbeat: SharedArrayBuffer;
  /** A loop that has not turned for so long is stalled. */
  thresholdMs: number;
  /** Null where the watched thread cannot be looked into. */
  inspector: Pick<MainThreadInspector, 'look'> | null;
  /** Brings frames to where their code was written. */
  locate: (frames: StackFrame[], deadlineMs: number) => Promise<StackFrame[]>;
}

/** When the observed loop stood still for a read of pprofql. */
export interface OwnPause {
  endedAtMs: number;
  pauseMs: number;
}

export interface StallWatch {
  status(): EventLoopStatus;
  /** Newest first. */
  stalls(): Stall[];
  /** 0 while the loop turns; null where it is not watched. */
  blockedForMs(): number | null;
  /** Calls back whenever a stall has begun and been looked at. */
  onBegin: Hurry;
  /** Calls back whenever a stall has ended. */
  onEnd: Hurry;
  /** Tells of a read that will stop the loop for a while, and learns how long it did. */
  duringOwnRead<T>(read: Promise<T>, pauseOf: (value: T) => OwnPause): Promise<T>;
  stop(): void;
}

interface CurrentStall {
  record: StallRecord;
  nextLookMs: number;
  lookDistanceMs: number;
}

export function startStallWatch(options: StallWatchOptions): StallWatch {
  const { heartbeat, thresholdMs, inspector, locate } = options;
  const periodMs = beatPeriodMs(thresholdMs);
  const records: StallRecord[] = [];
  const begun = listeners();
  const ended = listeners();
  let lastId = 0;
  let current: CurrentStall | null = null;
  let isLooking = false;
  let { lastBeatMs } = readHeartbeat(heartbeat);
  let lastCheckMs = monotonicMs();
  /** Time since the last beat in which this thread did not run either: the machine slept, or the process was stopped. */
  let excusedMs = 0;
  /** When the own reads that have not been answered yet were begun. */
  const ownReads = new Set<{ startedMs: number }>();

  const silentForMs = () => Math.max(0, monotonicMs() - lastBeatMs - excusedMs);
  /** Whoever asks just after a stall must not be told that it lasts: then the old figures would do. */
  function blockedForMs(): number {
    if (current !== null) check();
    return current === null ? 0 : silentForMs();
  }

  function check(): void {
    const nowMs = monotonicMs();
    const lateMs = nowMs - lastCheckMs - periodMs;
    lastCheckMs = nowMs;
    if (lateMs > periodMs) excusedMs += lateMs;
    const beat = readHeartbeat(heartbeat);
    if (beat.lastBeatMs !== lastBeatMs) {
      const turnedAgainMs = beat.gapStartMs === lastBeatMs ? beat.gapEndMs : beat.lastBeatMs;
      if (current !== null) end(current, turnedAgainMs - lastBeatMs - excusedMs);
      lastBeatMs = beat.lastBeatMs;
      excusedMs = 0;
    } else if (current === null) {
      if (silentForMs() >= thresholdMs) begin();
    } else if (!isLooking && nowMs >= current.nextLookMs) void look(current);
  }

  function begin(): void {
    const record = recordStall(String(++lastId), Date.now() - silentForMs());
    records.unshift(record);
    if (records.length > HISTORY_SIZE) records.pop();
    current = { record, nextLookMs: 0, lookDistanceMs: FIRST_LOOK_DISTANCE_MS };
    // The answer that the stall before waited for is still on its way.
    if (isLooking) begun.call();
    else void look(current).then(begun.call);
  }

  function end({ record }: CurrentStall, durationMs: number): void {
    record.end(durationMs);
    current = null;
    ended.call();
  }

  async function look(stall: CurrentStall): Promise<void> {
    const { record, lookDistanceMs } = stall;
    stall.nextLookMs = monotonicMs() + lookDistanceMs;
    stall.lookDistanceMs = Math.min(2 * lookDistanceMs, LONGEST_LOOK_DISTANCE_MS);
    if (inspector === null) return record.couldNotLook(NOT_INSPECTABLE);
    isLooking = true;
    let isLate = false;
    const askedMs = monotonicMs();
    const looked = inspector.look();
    const recorded = looked
      .then(async (sight) => {
        const answer = { isLate, waitedMs: monotonicMs() - askedMs };
        const frames = await locate(sight.frames, LOCATE_DEADLINE_MS).catch(() => sight.frames);
        record.saw({ ...sight, frames }, answer);
      })
      // A late one has nobody to wait for it: a fault must end here.
      .catch((error: Error) => record.couldNotLook(error.message))
      .finally(() => {
        isLooking = false;
      });
    const answered = looked.then(
      () => {},
      () => {},
    );
    await withDeadline(answered, ANSWER_DEADLINE_MS, () => {
      isLate = true;
      record.sawNoAnswer({ isOwnRead: mayBeOwnRead() });
    });
    if (!isLate) await recorded;
  }

  /** The loop turned after the read was asked for, so the thread knew of it when it fell silent. */
  function mayBeOwnRead(): boolean {
    return [...ownReads].some(({ startedMs }) => startedMs < lastBeatMs + periodMs);
  }

  /** A read that was answered says exactly when it stopped the loop. */
  function blame({ endedAtMs, pauseMs }: OwnPause): void {
    for (const record of records) {
      const { startedAtMs, durationMs } = record.describe(blockedForMs());
      const lastedMs = durationMs ?? blockedForMs();
      const overlapMs =
        Math.min(endedAtMs, startedAtMs + lastedMs) - Math.max(endedAtMs - pauseMs, startedAtMs);
      record.settleOwnRead(overlapMs >= lastedMs * BLAME_SHARE);
    }
  }

  async function duringOwnRead<T>(read: Promise<T>, pauseOf: (value: T) => OwnPause): Promise<T> {
    const own = { startedMs: monotonicMs() };
    ownReads.add(own);
    try {
      const value = await read;
      blame(pauseOf(value));
      return value;
    } finally {
      ownReads.delete(own);
    }
  }

  const timer = setInterval(check, periodMs);
  timer.unref();

  return {
    status() {
      const blockedMs = blockedForMs();
      if (current === null) {
        const sentence = 'The event loop turns.';
        return {
          state: 'RESPONSIVE',
          blockedForMs: 0,
          stack: null,
          sentence,
          unwatchedReason: null,
        };
      }
      const { record } = current;
      return {
        state: record.state(),
        blockedForMs: blockedMs,
        stack: record.tellingStack(),
        sentence: record.describe(blockedMs).sentence,
        unwatchedReason: null,
      };
    },
    stalls: () => records.map((record) => record.describe(blockedForMs())),
    blockedForMs,
    onBegin: begun.add,
    onEnd: ended.add,
    duringOwnRead,
    stop: () => clearInterval(timer),
  };
}

function listeners(): { add: Hurry; call: () => void } {
  const added = new Set<() => void>();
  return {
    add(listener) {
      added.add(listener);
      return () => added.delete(listener);
    },
    call() {
      for (const listener of [...added]) listener();
    },
  };
}
