import type { Point } from '../live/series.ts';
import { formatDuration, formatShare } from '../shared/format.ts';
import type { Finding } from './finding.ts';

const DELAY_WARNING_MS = 100;
const DELAY_CRITICAL_MS = 500;
const BUSY_SHARE = 0.95;
const GC_SHARE = 0.1;
/** One slow interval is routine; most of half a minute is a state. */
const RECENT_MS = 30_000;
const LATE_SHARE = 0.5;
const FEWEST_POINTS = 3;

/** The event loop is late or has no time left, or collecting garbage takes too much of it. */
export function delayFindings(points: readonly Point[]): Finding[] {
  const endMs = points.at(-1)?.timeMs ?? 0;
  const recent = points.filter((point) => point.timeMs >= endMs - RECENT_MS);
  const lastedMs = endMs - (recent[0]?.timeMs ?? endMs);
  if (recent.length < FEWEST_POINTS || lastedMs < RECENT_MS / 2) return [];
  const answered = recent.filter((point) => point.responding);
  return [...lateLoop(answered), ...busyLoop(answered), ...expensiveCollection(recent, lastedMs)];
}

function lateLoop(recent: readonly Point[]): Finding[] {
  const delays = recent.map((point) => point.eventLoopDelayP99Ms ?? 0);
  const late = delays.filter((delay) => delay >= DELAY_WARNING_MS);
  if (late.length === 0 || late.length < delays.length * LATE_SHARE) return [];
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
  if (shares.length < FEWEST_POINTS || Math.min(...shares) < BUSY_SHARE) return [];
  return [
    {
      severity: 'warning',
      sentence: `Event loop busy ${formatShare(Math.min(...shares))} of the time`,
      evidence: { view: 'overview', 'overview.chart': 'utilization' },
    },
  ];
}

/** The first point's pauses lie before the time that is looked at. */
function expensiveCollection(recent: readonly Point[], lastedMs: number): Finding[] {
  const pausedMs = recent.slice(1).reduce((sum, point) => sum + (point.gcPauseTotalMs ?? 0), 0);
  const share = pausedMs / lastedMs;
  if (share < GC_SHARE) return [];
  return [
    {
      severity: 'warning',
      sentence: `Collecting garbage takes ${formatShare(share)} of the time`,
      evidence: { view: 'overview', 'overview.chart': 'gc' },
    },
  ];
}
