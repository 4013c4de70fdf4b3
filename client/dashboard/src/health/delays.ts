import type { Point } from '../live/series.ts';
import { formatDuration, formatShare } from '../shared/format.ts';
import type { Finding } from './health.ts';

const DELAY_WARNING_MS = 100;
const DELAY_CRITICAL_MS = 500;
const BUSY_SHARE = 0.95;
const GC_SHARE = 0.1;
/** One slow interval is routine; this many of the latest ones are a state. */
const RECENT_POINTS = 3;
const REQUIRED_POINTS = 2;

/** The event loop is late or has no time left, or collecting garbage takes too much of it. */
export function delayFindings(points: readonly Point[]): Finding[] {
  const recent = points.slice(-RECENT_POINTS).filter((point) => point.responding);
  return [...lateLoop(recent), ...busyLoop(recent), ...expensiveCollection(points)];
}

function lateLoop(recent: readonly Point[]): Finding[] {
  const delays = recent.map((point) => point.eventLoopDelayP99Ms ?? 0);
  const late = delays.filter((delay) => delay >= DELAY_WARNING_MS);
  if (late.length < REQUIRED_POINTS) return [];
  const worst = Math.max(...late);
  return [
    {
      severity: worst >= DELAY_CRITICAL_MS ? 'critical' : 'warning',
      sentence: `Event loop delayed, p99 ${formatDuration(worst)}`,
      evidence: { view: 'overview', 'overview.chart': 'delay' },
    },
  ];
}

function busyLoop(recent: readonly Point[]): Finding[] {
  const shares = recent.map((point) => point.eventLoopUtilization ?? 0);
  if (shares.length < RECENT_POINTS || Math.min(...shares) < BUSY_SHARE) return [];
  return [
    {
      severity: 'warning',
      sentence: `Event loop busy ${formatShare(Math.min(...shares))} of the time`,
      evidence: { view: 'overview', 'overview.chart': 'utilization' },
    },
  ];
}

function expensiveCollection(points: readonly Point[]): Finding[] {
  const window = points.slice(-(RECENT_POINTS + 1));
  const first = window[0];
  const last = window.at(-1);
  if (first === undefined || last === undefined || window.length <= RECENT_POINTS) return [];
  const pausedMs = window.slice(1).reduce((sum, point) => sum + point.gcPauseTotalMs, 0);
  const share = pausedMs / (last.timeMs - first.timeMs);
  if (share < GC_SHARE) return [];
  return [
    {
      severity: 'warning',
      sentence: `Collecting garbage takes ${formatShare(share)} of the time`,
      evidence: { view: 'overview', 'overview.chart': 'gc' },
    },
  ];
}
