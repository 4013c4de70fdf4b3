/** Whether the observed thread has had no time left for a while, by its points. */
import { clamp } from '../base/numbers/clamp.ts';
import type { PointEvidence } from './evidence/evidence.ts';
import type { CpuTimeEvidence } from './evidence/loop.ts';

/** Each point tells of the time since the one before. */
const RECENT_MS = 15_000;
const FEWEST_POINTS = 2;
/** Of the time; less leaves room. */
const BUSY_SHARE = 0.9;
/** It never waits for anything: a loop that feeds itself. */
const RESTLESS_SHARE = 0.995;
/** Less than this part of a core is what starvation makes of a light load. */
const RAN_SHARE = 0.3;
const RAN_SHARE_OF_RESTLESS = 0.05;

export interface BusyTime {
  /** Of the time, 0 to 1: of the point with the least. */
  share: number;
}

/** Null where it has time left, or the kernel gives it so little that this says nothing of its work. */
export function busyTime(
  points: readonly PointEvidence[],
  cpuTime: CpuTimeEvidence | null,
): BusyTime | null {
  const answered = points.filter(({ isResponding }) => isResponding);
  const endMs = answered.at(-1)?.timestampMs ?? 0;
  const recent = answered.filter(({ timestampMs }) => timestampMs > endMs - RECENT_MS);
  const judged = recent.length < FEWEST_POINTS ? answered.slice(-FEWEST_POINTS) : recent;
  if (judged.length < FEWEST_POINTS) return null;
  const share = Math.min(...judged.map(({ eventLoopUtilization }) => eventLoopUtilization ?? 0));
  if (share < BUSY_SHARE) return null;
  const ranShare = cpuTime === null ? 1 : clamp(cpuTime.ranMs / cpuTime.lastedMs, 0, 1);
  return ranShare < (share >= RESTLESS_SHARE ? RAN_SHARE_OF_RESTLESS : RAN_SHARE)
    ? null
    : { share };
}
