/**
 * Watches for delays of the event loop that are too short for a stall and too long for those who wait:
 * from 40 ms on. Only while points of the history make them suspect; looks at what the
 * thread does in the middle of each, and remembers a minute of them.
 */

import { clamp } from '../../../base/numbers/clamp.ts';
import {
  followBeats,
  starvedMsSince,
  type ThreadTime,
  waitedMsBetween,
} from '../../../base/thread-time.ts';
import { isDelayed } from '../../../health/detectors/loop/delayed-loop.ts';
import type { PointEvidence } from '../../../health/evidence/evidence.ts';
import type { DelayEvidence } from '../../../health/evidence/loop.ts';
import { monotonicMs, readHeartbeat } from '../../../link/heartbeat.ts';
import type { MainThreadInspector } from '../../../link/inspector.ts';
import {
  QUICK_PERIOD_MS,
  type QuickHeartbeatOffer,
  SHORTEST_DELAY_MS,
  wantQuickHeartbeat,
} from '../../../link/quick-heartbeat.ts';
import type { StackFrame } from '../../../probe/readings/tasks.ts';
import { callersOfNative } from '../native-callers.ts';
import { mayBeBrieflyHeld } from './brief-delays.ts';
import { type Delay, LONG_DELAY_MS, sumOfDelays } from './delay.ts';

/** So long after the last delay. */
const WATCHED_FOR_MS = 60_000;
/** After a point of the history that is reason to suspect one: of a machine with much to do there are many. */
const WATCHED_ON_SUSPICION_MS = 20_000;
/** After a watch that saw none, twice as long each time. */
const SHORTEST_REST_MS = 20_000;
const LONGEST_REST_MS = 80_000;
/** A rest ends where delays are so many times as long as those that led to the watch before. */
const WORSE = 2;
/** What is told is of this time. */
const WINDOW_MS = 60_000;
const CHECK_PERIOD_MS = QUICK_PERIOD_MS / 2;
/** Looks in one delay are at twice the distance each time; a stall has looks of its own. */
const MOST_LOOKS_IN_A_DELAY = 4;
/** Each takes the program about a millisecond. */
const MOST_LOOKS_A_MINUTE = 120;
const MOST_DELAYS = 600;
/** Short delays that nobody would notice one by one are watched for again after so long. */
const BRIEF_AGAIN_MS = 10 * 60_000;
/** A thread that runs JavaScript answers sooner. */
const NATIVE_AFTER_MS = 20;
const LOCATE_DEADLINE_MS = 2_000;

export interface DelayWatchOptions {
  heartbeat: QuickHeartbeatOffer;
  /** Null where the watched thread cannot be looked into. */
  inspector: Pick<MainThreadInspector, 'look'> | null;
  locate: (frames: StackFrame[], deadlineMs: number) => Promise<StackFrame[]>;
  /** Of the watched thread; null where it is not told. */
  threadTime: () => ThreadTime | null;
}

export interface DelayWatch {
  /** Watches for a while where the latest points, the oldest first, are reason to. */
  suspect(points: readonly PointEvidence[]): void;
  /** Watches for a while from now on. */
  watchNow(): void;
  /** Null where it is not watched, nor rests after a watch that saw nothing. */
  evidence(): DelayEvidence | null;
  stop(): void;
}

/** A stretch without a beat that may become a delay. */
interface Silence {
  startMs: number;
  looks: number;
  sights: Delay['sights'];
}

export function startDelayWatch(options: DelayWatchOptions): DelayWatch {
  const { heartbeat, inspector, locate, threadTime } = options;
  const delays: Delay[] = [];
  /** When looks were taken, of the last minute. */
  const looksAtMs: number[] = [];
  /** Null before the first beat of this time of watching. */
  let silence: Silence | null = null;
  let isLooking = false;
  let timer: NodeJS.Timeout | null = null;
  const time = followBeats(threadTime);
  let watchedSinceMs = 0;
  let watchedUntilMs = 0;
  let nextBriefMs = Number.NEGATIVE_INFINITY;
  let hasSeenDelay = false;
  let suspectedMs = 0;
  let restMs = 0;
  let restUntilMs = 0;

  function check(): void {
    const nowMs = monotonicMs();
    if (nowMs > watchedUntilMs) {
      rest(nowMs);
      return;
    }
    const { lastBeatMs, gaps } = readHeartbeat(heartbeat.beats);
    time.look();
    // What it beat before it was wanted says nothing of now.
    if (lastBeatMs < watchedSinceMs) return;
    if (silence !== null && lastBeatMs === silence.startMs) {
      if (isDueToLook(silence, nowMs)) void look(silence);
      return;
    }
    const ended = silence;
    const timeAtStart = time.beat();
    silence = { startMs: lastBeatMs, looks: 0, sights: [] };
    if (ended === null) return;
    for (const { startMs, endMs } of gaps.filter((gap) => gap.startMs >= ended.startMs)) {
      const lastedMs = endMs - startMs;
      note({
        endedAtMs: Date.now() - (nowMs - endMs),
        lastedMs,
        // Of several since the last look nobody knows which waited.
        waitedMs: starvedMsSince(timeAtStart, lastedMs, time.latest()),
        sights: startMs === ended.startMs ? ended.sights : [],
      });
    }
  }

  /** Where a watch has found too little, the next one is not soon. */
  function isDueForBrief(): boolean {
    const nowMs = monotonicMs();
    const known = sum();
    if (known !== null && isDelayed(known)) return true;
    if (nowMs < nextBriefMs) return false;
    nextBriefMs = nowMs + BRIEF_AGAIN_MS;
    return true;
  }

  function sum(): DelayEvidence | null {
    const nowMs = monotonicMs();
    if (timer === null && nowMs >= restUntilMs) return null;
    forgetOld();
    const untilMs = timer === null ? watchedUntilMs : nowMs;
    return sumOfDelays(delays, Math.min(WINDOW_MS, untilMs - watchedSinceMs));
  }

  function note(delay: Delay): void {
    const isDelay = delay.lastedMs - delay.waitedMs >= SHORTEST_DELAY_MS;
    if (!isDelay && delay.waitedMs === 0) return;
    delays.push(delay);
    const isLong = delay.lastedMs - delay.waitedMs >= LONG_DELAY_MS;
    hasSeenDelay ||= isLong;
    if (isLong) watchNow();
    forgetOld();
  }

  function forgetOld(): void {
    const oldestMs = Date.now() - WINDOW_MS;
    const firstKept = delays.findIndex(({ endedAtMs }) => endedAtMs >= oldestMs);
    delays.splice(0, firstKept < 0 ? delays.length : firstKept);
    if (delays.length > MOST_DELAYS) delays.shift();
  }

  function isDueToLook({ startMs, looks }: Silence, nowMs: number): boolean {
    if (inspector === null || isLooking || looks >= MOST_LOOKS_IN_A_DELAY) return false;
    if (nowMs - startMs < SHORTEST_DELAY_MS * 2 ** looks) return false;
    while (looksAtMs[0] !== undefined && looksAtMs[0] < nowMs - WINDOW_MS) looksAtMs.shift();
    return looksAtMs.length < MOST_LOOKS_A_MINUTE;
  }

  async function look(into: Silence): Promise<void> {
    if (inspector === null) return;
    const askedMs = monotonicMs();
    const before = threadTime();
    into.looks += 1;
    looksAtMs.push(askedMs);
    isLooking = true;
    try {
      const { frames, isOwnWork, isPausedByDebugger } = await inspector.look();
      isLooking = false;
      const waitedMs = waitedMsBetween(before, threadTime());
      const isNative = monotonicMs() - askedMs - waitedMs >= NATIVE_AFTER_MS;
      if (isPausedByDebugger) return;
      const located = await locate(frames, LOCATE_DEADLINE_MS).catch(() => frames);
      into.sights.push({
        frames: isNative ? callersOfNative(located) : located,
        isNative,
        isOwnWork,
      });
    } catch {
      // It cannot be looked into, or is about to end.
    } finally {
      isLooking = false;
    }
  }

  const watchNow = (): void => watchFor(WATCHED_FOR_MS);

  function watchFor(ms: number): void {
    watchedUntilMs = Math.max(watchedUntilMs, monotonicMs() + ms);
    if (timer !== null) return;
    hasSeenDelay = false;
    watchedSinceMs = monotonicMs();
    silence = null;
    time.look();
    wantQuickHeartbeat(heartbeat, true);
    timer = setInterval(check, CHECK_PERIOD_MS);
    timer.unref();
  }

  function rest(nowMs: number): void {
    pause();
    restMs = hasSeenDelay ? 0 : clamp(2 * restMs, SHORTEST_REST_MS, LONGEST_REST_MS);
    restUntilMs = nowMs + restMs;
  }

  /** Of a loop that was not in use for so long nothing but the machine delayed a timer. */
  function suspectedDelayMs(points: readonly PointEvidence[]): number {
    const [before, latest] = points.slice(-2);
    if (latest === undefined) return before?.eventLoopDelayMaxMs ?? 0;
    const activeMs =
      (latest.eventLoopUtilization ?? 1) * (latest.timestampMs - before!.timestampMs);
    return activeMs < LONG_DELAY_MS ? 0 : (latest.eventLoopDelayMaxMs ?? 0);
  }

  const isResting = (delayMs: number): boolean =>
    monotonicMs() < restUntilMs && delayMs < WORSE * suspectedMs;

  function pause(): void {
    if (timer === null) return;
    clearInterval(timer);
    timer = null;
    wantQuickHeartbeat(heartbeat, false);
  }

  return {
    suspect(points) {
      const delayMs = suspectedDelayMs(points);
      if (timer === null && delayMs >= LONG_DELAY_MS && !isResting(delayMs)) {
        suspectedMs = delayMs;
        watchFor(WATCHED_ON_SUSPICION_MS);
      } else if (mayBeBrieflyHeld(points) && isDueForBrief()) watchNow();
    },
    watchNow,
    evidence: sum,
    stop: pause,
  };
}
