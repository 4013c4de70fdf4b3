/** The metrics history of the observed thread: one timer that takes a point at every tick. */

import { type CpuLook, type CpuUsage, createCpuMeter } from '../../analyzers/metrics/cpu-meter.ts';
import { withDeadline } from '../../base/waiting/deadline.ts';
import { singleFlight } from '../../base/waiting/single-flight.ts';
import type { RemoteProbe } from '../../link/probe-link.ts';
import { readCpuTimes } from '../../probe/process/cpu-times.ts';
import type { FiguresReading } from '../../probe/readings/figures.ts';
import { createInterval } from './interval.ts';
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
  readBlocked?: () => Promise<FiguresReading> | null;
}

export interface Collector extends Pick<HistoryRing, 'history' | 'subscribe'> {
  /** CPU use over the last finished interval; unknown before the first. */
  lastCpu(): CpuUsage;
  /** The last figures the observed thread gave; null before the first. */
  lastFigures(): FiguresReading | null;
  /** Pauses of collections since the first point, all together. */
  gcPauseMs(): number;
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

/** A point that a stall adds may come milliseconds after another. */
const SHORTEST_CPU_INTERVAL_MS = 250;

export function startCollector(probe: RemoteProbe, options: CollectorOptions): Collector {
  const ring = createHistoryRing(options.historySize);
  let isStopped = false;
  let lastFigures: FiguresReading | null = null;
  /** An answer that comes too late for its point belongs to the next one. */
  const interval = createInterval();
  let marks = 0;
  const blockedForMs = () => options.blockedForMs?.() ?? null;
  const measureCpu = createCpuMeter({
    shortestMs: Math.min(SHORTEST_CPU_INTERVAL_MS, options.intervalMs / 2),
  });
  let lastCpu = measureCpu(lookAtCpu());
  let gcPauseMs = 0;

  function keep(figures: FiguresReading): void {
    interval.add(figures);
    lastFigures = figures;
  }

  /** Read by interrupting a turn of the loop, of which the delays say nothing yet. */
  function keepInterrupted(figures: FiguresReading): void {
    interval.add({ ...figures, eventLoop: null });
    lastFigures = figures;
  }

  /** At most one read is under way, however long the thread is blocked. */
  const readFigures = singleFlight(() =>
    probe.readFigures({ closeInterval: true }).then(keep, () => {}),
  );

  async function takePoint(): Promise<void> {
    const deadlineMs = blockedForMs() ? 0 : Math.min(ANSWER_DEADLINE_MS, options.intervalMs);
    const hasAnswered = await withDeadline(
      readFigures().then(() => true),
      deadlineMs,
      () => false,
    );
    if (!hasAnswered) await options.readBlocked?.()?.then(keepInterrupted, () => {});
    if (!isStopped) publish(hasAnswered);
  }

  function publish(hasAnswered: boolean): void {
    lastCpu = measureCpu(lookAtCpu());
    const values = interval.close({ sysBytes: process.memoryUsage.rss(), cpu: lastCpu });
    gcPauseMs += values.gcPauseTotalMs ?? 0;
    ring.push({
      ...values,
      timestampMs: Date.now(),
      instanceId: options.instanceId,
      isResponding: hasAnswered && lastFigures !== null,
      isProfiled: options.isProfiledSince?.(ring.last()?.timestampMs ?? 0) ?? false,
      blockedForMs: blockedForMs(),
    });
  }

  /** A point that cannot be taken is one point less; unhandled, it would end the program where this runs on its thread. */
  function point(): void {
    takePoint().catch(() => {});
  }

  function tick(): void {
    marks = 0;
    point();
  }

  let ticks: NodeJS.Timeout | undefined;
  const first = setTimeout(
    () => {
      tick();
      ticks = setInterval(tick, options.intervalMs);
      ticks.unref();
    },
    Math.min(FIRST_POINT_AFTER_MS, options.intervalMs),
  );
  first.unref();

  return {
    history: ring.history,
    lastCpu: () => lastCpu,
    lastFigures: () => lastFigures,
    gcPauseMs: () => gcPauseMs,
    subscribe: ring.subscribe,
    markStall() {
      if (isStopped || marks >= MARKS_PER_INTERVAL) return;
      marks += 1;
      point();
    },
    stop() {
      isStopped = true;
      clearTimeout(first);
      clearInterval(ticks);
      ring.stop();
    },
  };
}

/** CPU time is the whole process', so any of its threads can read it. */
function lookAtCpu(): CpuLook {
  return { atMs: performance.now(), cpu: readCpuTimes() };
}
