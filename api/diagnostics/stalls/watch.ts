/**
 * Notices when the observed loop stops turning, looks at what it does instead, and remembers it.
 * Runs on another thread than the loop it watches.
 */

import { US_PER_MS } from '../../base/numbers/units.ts';
import { followBeats, type ThreadTime } from '../../base/thread-time.ts';
import { type Hurry, withDeadline } from '../../base/waiting/deadline.ts';
import { listeners } from '../../base/waiting/listeners.ts';
import type { PastStall } from '../../health/evidence/loop.ts';
import {
  beatPeriodMs,
  type HeartbeatReading,
  monotonicMs,
  readHeartbeat,
} from '../../link/heartbeat.ts';
import { ANSWER_DEADLINE_MS, type MainThreadInspector } from '../../link/inspector.ts';
import { readCpuTimes } from '../../probe/process/cpu-times.ts';
import type { StackFrame } from '../../probe/readings/tasks.ts';
import type { StallTotals } from '../metrics/snapshot.ts';
import { isAnsweredInTime } from './look-wait.ts';
import type { OwnPause } from './own-pause.ts';
import { createOwnReads } from './own-reads.ts';
import { overlapMs, type Span } from './span.ts';
import { recordStall, type StallRecord } from './stall.ts';
import type { EventLoopStatus, Stall } from './types.ts';

/** Stalls that are remembered. */
const HISTORY_SIZE = 50;

/** The first looks at a stall are close together: what they have in common is what holds the loop. */
const CLOSE_LOOKS = 3;
/** Further ones follow each other at twice the distance each time, up to a minute. */
const FIRST_LOOK_DISTANCE_MS = 1_000;
const LONGEST_LOOK_DISTANCE_MS = 60_000;

/** Of a look, for those who wait to hear that a stall has begun. */
const LONGEST_LOOK_MS = 1.5 * ANSWER_DEADLINE_MS;

/** How long a stall may go without its stack because source maps are still being read. */
const LOCATE_DEADLINE_MS = 2_000;

/** An own read that made at least this share of a stall is to blame for it. */
const BLAME_SHARE = 0.5;

/**
 * A late check of a process that used less than this share of the delay in CPU time was late because
 * nobody ran. Some is left to what ran between the check before and the moment when all stood still.
 */
const STANDSTILL_CPU_SHARE = 0.1;

const NOT_INSPECTABLE =
  'it is not the main thread, or the program may not be inspected (--permission)';

export interface StallWatchOptions {
  /** Memory of the heartbeat of the watched loop. */
  heartbeat: SharedArrayBuffer;
  /** A loop that has not turned for so long is stalled. */
  thresholdMs: number;
  /** Null where the watched thread cannot be looked into. */
  inspector: Pick<MainThreadInspector, 'look'> | null;
  /** Brings frames to where their code was written. */
  locate: (frames: StackFrame[], deadlineMs: number) => Promise<StackFrame[]>;
  /** CPU time of the whole process so far, all threads. @default that of `readCpuTimes` */
  cpuTimeMs?: () => number;
  /** What the watched thread was given of the CPU; null where that is not told. @default null */
  threadTime?: () => ThreadTime | null;
}

export interface StallWatch {
  status(): EventLoopStatus;
  /** Newest first. */
  stalls(): Stall[];
  /** Those that have ended, newest first. */
  past(): PastStall[];
  /** Null where the loop is not watched. */
  totals(): StallTotals | null;
  /** 0 while the loop turns; null where it is not watched. */
  blockedForMs(): number | null;
  /** Calls back whenever a stall has begun and been looked at. */
  onBegin: Hurry;
  /** Calls back whenever a stall has ended. */
  onEnd: Hurry;
  /** Tells of a read that will stop the loop for a while, and learns how long it did. */
  duringOwnRead<T>(read: Promise<T>, pauseOf: (value: T) => OwnPause): Promise<T>;
  /** Whether such a read is under way that the loop had heard of before it fell silent, if it did. */
  isInOwnRead(): boolean;
  /** Whether any such read is under way. */
  isReading(): boolean;
  stop(): void;
}

interface CurrentStall {
  record: StallRecord;
  looks: number;
  nextLookMs: number;
  lookDistanceMs: number;
}

export function startStallWatch(options: StallWatchOptions): StallWatch {
  const { heartbeat, thresholdMs, inspector, locate } = options;
  const { cpuTimeMs = processCpuTimeMs, threadTime = () => null } = options;
  const periodMs = beatPeriodMs(thresholdMs);
  const records: StallRecord[] = [];
  const begun = listeners();
  const ended = listeners();
  let lastId = 0;
  let endedMs = 0;
  /** What has been told of it: it never falls. */
  let toldMs = 0;
  let current: CurrentStall | null = null;
  let isLooking = false;
  let { lastBeatMs } = readHeartbeat(heartbeat);
  let lastCheckMs = monotonicMs();
  let lastCpuMs = cpuTimeMs();
  const time = followBeats(threadTime);
  /** Time since the last beat in which no thread ran: the machine slept, or the process was stopped. */
  let excusedMs = 0;
  const silentForMs = () => Math.max(0, monotonicMs() - lastBeatMs - excusedMs);
  /** Whoever asks just after a stall must not be told that it lasts: then the old figures would do. */
  function blockedForMs(): number {
    check();
    return current === null ? 0 : silentForMs();
  }

  function check(): void {
    const nowMs = monotonicMs();
    const stood = standstillUntil(nowMs);
    const beat = readHeartbeat(heartbeat);
    time.look();
    if (beat.lastBeatMs !== lastBeatMs) {
      turned(beat, stood);
      return;
    }
    excusedMs += overlapMs(stood, { startMs: lastBeatMs, endMs: nowMs });
    if (current === null) {
      if (silentForMs() >= thresholdMs) begin();
    } else if (!isLooking && nowMs >= current.nextLookMs) void look(current);
  }

  /**
   * The time by which this check is late, where nobody ran in it. This thread is also late when it
   * was busy itself, as with loading GraphQL for the first query: the observed loop is watched then, too.
   */
  function standstillUntil(nowMs: number): Span {
    const dueMs = lastCheckMs + periodMs;
    const lateMs = nowMs - dueMs;
    const cpuMs = cpuTimeMs();
    const usedMs = cpuMs - lastCpuMs;
    lastCheckMs = nowMs;
    lastCpuMs = cpuMs;
    const nobodyRan = lateMs > periodMs && usedMs < lateMs * STANDSTILL_CPU_SHARE;
    return { startMs: nobodyRan ? dueMs : nowMs, endMs: nowMs };
  }

  /** The loop has turned since the last check, and perhaps stood still meanwhile. */
  function turned(beat: HeartbeatReading, stood: Span): void {
    const silentSinceMs = lastBeatMs;
    const excusedBeforeMs = excusedMs;
    const stalled = current;
    const starvedMs = stalled === null ? 0 : time.starvedMs(silentForMs());
    // Listeners may ask at once, and must not find the same beat new once more.
    lastBeatMs = beat.lastBeatMs;
    time.beat();
    excusedMs = overlapMs(stood, { startMs: lastBeatMs, endMs: stood.endMs });
    current = null;

    const lastedMs = ({ startMs, endMs }: Span) => {
      const excusedHereMs = startMs === silentSinceMs ? excusedBeforeMs : 0;
      return endMs - startMs - excusedHereMs - overlapMs(stood, { startMs, endMs });
    };
    const gaps = beat.gaps.filter(({ startMs }) => startMs >= silentSinceMs);
    if (stalled !== null) {
      // Its own gap is gone where this thread has slept through too many: it was over by the next then.
      const own = gaps[0]?.startMs === silentSinceMs ? gaps.shift() : undefined;
      const endMs = own?.endMs ?? gaps[0]?.startMs ?? beat.lastBeatMs;
      end(stalled.record, Math.max(0, lastedMs({ startMs: silentSinceMs, endMs })), starvedMs);
    }
    const missed = gaps.filter((gap) => recordMissed(gap, lastedMs(gap)));
    if (stalled !== null || missed.length > 0) ended.call();
  }

  function begin(): void {
    const record = remember(Date.now() - silentForMs());
    current = { record, looks: 0, nextLookMs: 0, lookDistanceMs: FIRST_LOOK_DISTANCE_MS };
    // The answer that the stall before waited for is still on its way.
    if (isLooking) begun.call();
    else void look(current).then(begun.call);
  }

  /** A stall that no check met. @returns false where the gap was too short to be one */
  function recordMissed({ endMs }: Span, lastedMs: number): boolean {
    if (lastedMs <= thresholdMs) return false;
    const endedAtMs = Date.now() - (monotonicMs() - endMs);
    const record = remember(endedAtMs - lastedMs);
    record.wasMissed();
    end(record, lastedMs);
    return true;
  }

  function end(record: StallRecord, lastedMs: number, starvedMs = 0): void {
    record.end(lastedMs, starvedMs);
    endedMs += lastedMs;
  }

  function remember(startedAtMs: number): StallRecord {
    const record = recordStall(String(++lastId), startedAtMs);
    records.unshift(record);
    if (records.length > HISTORY_SIZE) records.pop();
    return record;
  }

  async function look(stall: CurrentStall): Promise<void> {
    const { record, lookDistanceMs } = stall;
    stall.looks += 1;
    if (stall.looks < CLOSE_LOOKS) stall.nextLookMs = monotonicMs() + periodMs;
    else {
      stall.nextLookMs = monotonicMs() + lookDistanceMs;
      stall.lookDistanceMs = Math.min(2 * lookDistanceMs, LONGEST_LOOK_DISTANCE_MS);
    }
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
    const judged = isAnsweredInTime(answered, threadTime).then((isInTime) => {
      isLate = !isInTime;
      if (isLate) record.sawNoAnswer({ isOwnRead: isInOwnRead() });
      return isInTime;
    });
    // Who asks meanwhile is not kept waiting for a thread that is given next to nothing.
    if (await withDeadline(judged, LONGEST_LOOK_MS, () => false)) await recorded;
  }

  const ownReads = createOwnReads((pause) => {
    const blockedMs = blockedForMs();
    for (const record of records) {
      const { startedAtMs, durationMs } = record.describe(blockedMs);
      const lastedMs = durationMs ?? blockedMs;
      const stall = { startMs: startedAtMs, endMs: startedAtMs + lastedMs };
      record.settleOwnRead(overlapMs(pause, stall) >= lastedMs * BLAME_SHARE);
    }
  });

  /** The loop turned after it was asked for, so that the thread knew of it when it fell silent. */
  const isInOwnRead = () => ownReads.anyBegunBefore(lastBeatMs + periodMs);

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
          starvedForMs: 0,
          stack: null,
          sentence,
          unwatchedReason: null,
        };
      }
      const { record } = current;
      return {
        state: record.state(),
        isGuess: record.isGuess(),
        blockedForMs: blockedMs,
        // Of this very stall: asked for apart, it might be over by then.
        starvedForMs: time.starvedMs(blockedMs),
        stack: record.tellingStack(),
        sentence: record.describe(blockedMs).sentence,
        unwatchedReason: null,
      };
    },
    stalls() {
      const blockedMs = blockedForMs();
      return records.map((record) => record.describe(blockedMs));
    },
    past: () => records.map((record) => record.past()).filter((stall) => stall !== null),
    totals() {
      const blockedMs = blockedForMs();
      toldMs = Math.max(toldMs, endedMs + blockedMs);
      return { count: lastId, ms: toldMs };
    },
    blockedForMs,
    onBegin: begun.add,
    onEnd: ended.add,
    duringOwnRead: ownReads.during,
    isInOwnRead,
    isReading: ownReads.any,
    stop: () => clearInterval(timer),
  };
}

function processCpuTimeMs(): number {
  const { userUs, systemUs } = readCpuTimes();
  return (userUs + systemUs) / US_PER_MS;
}
