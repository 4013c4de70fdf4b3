/** The metrics history of a target: asked while somebody watches, and as seldom as is told while nobody does. */

import type { Figures } from '../../analyzers/figures.ts';
import { type CpuUsage, createCpuMeter, UNKNOWN_CPU } from '../../analyzers/metrics/cpu-meter.ts';
import type { ProcessWide } from '../../analyzers/metrics/metric.ts';
import { createInterval } from '../../diagnostics/history/interval.ts';
import { createHistoryRing, type HistoryRing } from '../../diagnostics/history/ring.ts';
import type { TargetReading } from '../target.ts';

export interface TargetHistoryOptions {
  /** Rejects where the target does not answer. */
  read: () => Promise<TargetReading>;
  intervalMs: number;
  historySize: number;
  keepHistory: boolean;
  /** How often it is asked while nobody watches; null: not at all. @default null */
  unwatchedIntervalMs?: number | null;
  /** After an answer that nobody waited for. */
  onUnwatchedPoint?: () => void;
  /** Whether a CPU profile ran at some time since then. */
  isProfiledSince: (timestampMs: number) => boolean;
}

export interface TargetHistory extends Pick<HistoryRing, 'history' | 'subscribe'> {
  /** CPU use over the last finished interval. */
  lastCpu(): CpuUsage;
  /** Ends the timer and every subscription. Idempotent. */
  stop(): void;
}

/** Of another process nothing is known while it does not answer. */
const SILENT: ProcessWide = { sysBytes: null, cpu: UNKNOWN_CPU };

export function createTargetHistory(options: TargetHistoryOptions): TargetHistory {
  const { unwatchedIntervalMs = null } = options;
  const ring = createHistoryRing(options.historySize);
  const measureCpu = createCpuMeter();
  let watchers = options.keepHistory ? 1 : 0;
  const interval = createInterval();
  let instanceId: string | null = null;
  let lastCpu = UNKNOWN_CPU;
  let timer: NodeJS.Timeout | undefined;
  let isReading = false;
  let isStopped = false;

  async function takePoint(): Promise<void> {
    const reading = await options.read().catch(() => null);
    if (reading !== null) {
      const { figures, cpu, process } = reading;
      interval.add(figures);
      instanceId = process.instanceId;
      lastCpu = cpu ?? measureCpu({ atMs: figures.takenAtMs, cpu: figures.cpu });
    }
    if (isStopped || instanceId === null) return;
    if (reading !== null && watchers === 0) options.onUnwatchedPoint?.();
    ring.push({
      ...interval.close(reading === null ? SILENT : processWideOf(reading.figures, lastCpu)),
      timestampMs: Date.now(),
      instanceId,
      isResponding: reading !== null,
      isProfiled: options.isProfiledSince(ring.last()?.timestampMs ?? 0),
      blockedForMs: null,
    });
  }

  /** The next point is asked for when this one has come, so that a slow target is never asked twice at once. */
  function tick(): void {
    const startedAtMs = Date.now();
    isReading = true;
    const next = () => {
      isReading = false;
      scheduleAfter(startedAtMs);
    };
    // A point that cannot be taken is one point less; unhandled, it would end the thread.
    takePoint().then(next, next);
  }

  function scheduleAfter(pointAtMs: number): void {
    const intervalMs = watchers > 0 ? options.intervalMs : unwatchedIntervalMs;
    if (intervalMs === null) clearTimeout(timer);
    else schedule(pointAtMs + intervalMs);
  }

  function schedule(atMs: number): void {
    if (isStopped || isReading) return;
    clearTimeout(timer);
    timer = setTimeout(tick, Math.max(0, atMs - Date.now()));
    timer.unref();
  }

  if (watchers > 0) schedule(Date.now());
  else scheduleAfter(Date.now());

  return {
    history: ring.history,
    lastCpu: () => lastCpu,
    async *subscribe(request) {
      watchers += 1;
      if (watchers === 1) scheduleAfter(ring.last()?.timestampMs ?? 0);
      try {
        yield* ring.subscribe(request);
      } finally {
        watchers -= 1;
        if (watchers === 0) scheduleAfter(Date.now());
      }
    },
    stop() {
      isStopped = true;
      clearTimeout(timer);
      ring.stop();
    },
  };
}

function processWideOf({ memory }: Figures, cpu: CpuUsage): ProcessWide {
  return { sysBytes: memory.sysBytes ?? memory.rssBytes, cpu };
}
