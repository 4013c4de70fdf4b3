/** The metrics history of the observed thread: one timer that takes a point at every tick. */

import { withDeadline } from '../../base/deadline.ts';
import type { RemoteProbe } from '../../link/probe-link.ts';
import type { CpuTimes, StatsReading } from '../../probe/probe.ts';
import { mergeIntervals } from './interval.ts';
import type { CpuUsage } from './point.ts';
import { createHistoryRing, type HistoryRing } from './ring.ts';

export interface CollectorOptions {
  /** Milliseconds between two points. */
  intervalMs: number;
  /** Points that are kept. */
  historySize: number;
  instanceId: string;
  /** How long the observed loop has been stalled; 0 while it turns. @default null: not watched */
  blockedForMs?: () => number | null;
  /** Whether a CPU profile ran at some time since then. @default never */
  isProfiledSince?: (timestampMs: number) => boolean;
  /** Gets the figures although the loop is stalled; null where that cannot be done now. @default never */
  readBlocked?: () => Promise<StatsReading> | null;
}

export interface Collector extends Pick<HistoryRing, 'history' | 'subscribe'> {
  /** CPU use over the last finished interval; zero before the first. */
  lastCpu(): CpuUsage;
  /** The last figures the observed thread gave; null before the first. */
  lastStats(): StatsReading | null;
  /**
   * Takes a further point now, because a stall has begun or ended. Only the first two between two
   * ticks are taken: a loop that stalls all the time must not push everything else out of the history.
   */
  markStall(): void;
  /** Ends the timer and every subscription. Idempotent. */
  stop(): void;
}

/** The first point comes soon, so that a page just opened has something to show. */
const FIRST_POINT_AFTER_MS = 100;
/** An observed thread that has not answered by then counts as not responding in this point. */
const ANSWER_DEADLINE_MS = 1_000;

/** Points taken between two ticks, at the beginning and the end of a stall. */
const MARKS_PER_INTERVAL = 2;

const SHORTEST_CPU_INTERVAL_MS = 250;

const MICROS_PER_SECOND = 1e6;
const NO_CPU: CpuUsage = { usagePercent: 0, userSeconds: 0, systemSeconds: 0 };

export function startCollector(probe: RemoteProbe, options: CollectorOptions): Collector {
  const ring = createHistoryRing(options.historySize);
  let isStopped = false;
  let lastStats: StatsReading | null = null;
  /** Figures of an answer that came too late for its point: they belong to the next one. */
  let lateStats: StatsReading | null = null;
  let marks = 0;
  const blockedForMs = () => options.blockedForMs?.() ?? null;
  let pendingRead: Promise<void> | null = null;
  let cpuMark = readCpu();
  let lastCpu = NO_CPU;

  function keep(stats: StatsReading): void {
    lateStats = lateStats === null ? stats : mergeIntervals(lateStats, stats);
    lastStats = stats;
  }

  function readStats(): Promise<void> {
    return probe.readStats({ closeInterval: true }).then(keep, () => {});
  }

  /** At most one read is under way, however long the thread is blocked. */
  async function takePoint(): Promise<void> {
    pendingRead ??= readStats().finally(() => {
      pendingRead = null;
    });
    const deadlineMs = blockedForMs() ? 0 : Math.min(ANSWER_DEADLINE_MS, options.intervalMs);
    const hasAnswered = await withDeadline(
      pendingRead.then(() => true),
      deadlineMs,
      () => false,
    );
    if (!hasAnswered) await options.readBlocked?.()?.then(keep, () => {});
    if (!isStopped) publish(hasAnswered);
  }

  function publish(hasAnswered: boolean): void {
    measureCpu();
    const fresh = lateStats;
    lateStats = null;
    ring.push({
      timestampMs: Date.now(),
      instanceId: options.instanceId,
      isResponding: hasAnswered && lastStats !== null,
      isProfiled: options.isProfiledSince?.(ring.last()?.timestampMs ?? 0) ?? false,
      blockedForMs: blockedForMs(),
      stats: fresh ?? lastStats,
      gc: fresh?.gc ?? null,
      rssBytes: process.memoryUsage.rss(),
      cpu: lastCpu,
    });
  }

  /** A point that a stall adds may come milliseconds after another: over so little, CPU use says nothing. */
  function measureCpu(): void {
    const cpuNow = readCpu();
    const shortestMs = Math.min(SHORTEST_CPU_INTERVAL_MS, options.intervalMs / 2);
    if (cpuNow.atMs - cpuMark.atMs < shortestMs) return;
    lastCpu = cpuBetween(cpuMark, cpuNow);
    cpuMark = cpuNow;
  }

  /** A point that cannot be taken is one point less; unhandled, it would end the program where this runs on its thread. */
  function point(): void {
    takePoint().catch(() => {});
  }

  function tick(): void {
    marks = 0;
    point();
  }

  let interval: NodeJS.Timeout | undefined;
  const first = setTimeout(
    () => {
      tick();
      interval = setInterval(tick, options.intervalMs);
      interval.unref();
    },
    Math.min(FIRST_POINT_AFTER_MS, options.intervalMs),
  );
  first.unref();

  return {
    history: ring.history,
    lastCpu: () => lastCpu,
    lastStats: () => lastStats,
    subscribe: ring.subscribe,
    markStall() {
      if (isStopped || marks >= MARKS_PER_INTERVAL) return;
      marks += 1;
      point();
    },
    stop() {
      isStopped = true;
      clearTimeout(first);
      clearInterval(interval);
      ring.stop();
    },
  };
}

interface CpuMark extends CpuTimes {
  atMs: number;
}

/** CPU time is the whole process', so any of its threads can read it. */
function readCpu(): CpuMark {
  const { user, system } = process.cpuUsage();
  return { atMs: performance.now(), userUs: user, systemUs: system };
}

/** Of one core; never negative, even if the clock that counts CPU time steps back. */
function cpuBetween(before: CpuMark, after: CpuMark): CpuUsage {
  const elapsedUs = (after.atMs - before.atMs) * 1_000;
  const userUs = Math.max(0, after.userUs - before.userUs);
  const systemUs = Math.max(0, after.systemUs - before.systemUs);
  return {
    usagePercent: elapsedUs > 0 ? ((userUs + systemUs) / elapsedUs) * 100 : 0,
    userSeconds: userUs / MICROS_PER_SECOND,
    systemSeconds: systemUs / MICROS_PER_SECOND,
  };
}
