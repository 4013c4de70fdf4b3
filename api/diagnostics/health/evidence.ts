/** What the diagnostics know of a target, as the detectors take it. */
import type { LoopEvidence, PointEvidence } from '../../health/evidence.ts';
import type { HistoryPoint } from '../history/point.ts';
import type { EventLoopStatus } from '../stalls/types.ts';

/** Longer than any detector looks back. */
const LOOK_BACK_MS = 6 * 60_000;

/** The points of the latest start, in the time that detectors look at. */
export function pointEvidence(history: readonly HistoryPoint[]): readonly PointEvidence[] {
  const latest = history.at(-1);
  if (latest === undefined) return [];
  const isRecent = ({ timestampMs, instanceId }: HistoryPoint) =>
    instanceId === latest.instanceId && timestampMs >= latest.timestampMs - LOOK_BACK_MS;
  return history.slice(history.findLastIndex((point) => !isRecent(point)) + 1);
}

export function loopEvidence(status: EventLoopStatus): LoopEvidence | null {
  if (status.unwatchedReason !== null) return null;
  const { state, blockedForMs, stack } = status;
  return { state, blockedForMs, frames: stack?.frames ?? [] };
}
