/** What the diagnostics know of a target, as the detectors take it. */
import type { Evidence, LoopEvidence, PointEvidence } from '../../health/evidence.ts';
import type { HistoryPoint } from '../history/point.ts';
import type { EventLoopStatus } from '../stalls/types.ts';

/** Longer than any detector looks back. */
const LOOK_BACK_MS = 6 * 60_000;
const NANOS_PER_MILLI = 1e6;

/** The points of the latest start, in the time that detectors look at. */
export function pointEvidence(
  history: readonly HistoryPoint[],
): Pick<Evidence, 'points' | 'heapLimitBytes'> {
  const latest = history.at(-1);
  if (latest === undefined) return { points: [], heapLimitBytes: null };
  const isRecent = ({ timestampMs, instanceId }: HistoryPoint) =>
    instanceId === latest.instanceId && timestampMs >= latest.timestampMs - LOOK_BACK_MS;
  const firstAt = history.findLastIndex((point) => !isRecent(point)) + 1;
  return {
    points: history.slice(firstAt).map(toEvidence),
    heapLimitBytes: latest.stats?.memory.heapLimitBytes ?? null,
  };
}

function toEvidence({ timestampMs, isResponding, stats, gc }: HistoryPoint): PointEvidence {
  const pauses = Object.values(gc?.interval ?? {});
  return {
    timeMs: timestampMs,
    isResponding,
    heapUsedBytes: stats?.memory.heapUsedBytes ?? 0,
    oldSpaceUsedBytes: stats?.memory.oldSpaceUsedBytes ?? null,
    liveTasks: stats?.liveTasks ?? null,
    delayP99Ms: isResponding ? (stats?.eventLoop?.delayP99Ms ?? null) : null,
    utilization: isResponding ? (stats?.eventLoop?.utilization ?? null) : null,
    gcPauseMs: pauses.reduce((sum, { totalNs }) => sum + totalNs, 0) / NANOS_PER_MILLI,
  };
}

export function loopEvidence(status: EventLoopStatus): LoopEvidence | null {
  if (status.unwatchedReason !== null) return null;
  const { state, blockedForMs, stack } = status;
  return { state, blockedForMs, frames: stack?.frames ?? [] };
}
