/** Whether delays that are too short to notice one by one may add up to much of the thread's time. Pure. */
import type { PointEvidence } from '../../../health/evidence/evidence.ts';

const POINTS = 3;
/** Of the longest in each interval. What is told there is shorter than the delay by up to 50 ms. */
const LEAST_MS = 20;
const LEAST_UTILIZATION = 0.2;

/** By the latest points: each tells of the time since the one before. */
export function mayBeBrieflyHeld(points: readonly PointEvidence[]): boolean {
  const latest = points.filter(({ isResponding }) => isResponding).slice(-POINTS);
  return (
    latest.length === POINTS &&
    latest.every(
      ({ eventLoopDelayMaxMs, eventLoopUtilization }) =>
        (eventLoopDelayMaxMs ?? 0) >= LEAST_MS && (eventLoopUtilization ?? 0) >= LEAST_UTILIZATION,
    )
  );
}
