/** Whether the observed thread has had no time left for a while, by its points. */
import { clamp } from '../base/numbers/clamp.ts';
import type { PointEvidence } from './evidence/evidence.ts';
import type { CpuTimeEvidence } from './evidence/loop.ts';

/** Each point tells of the time since the one before. */
const RECENT_MS = 15_000;
const FEWEST_POINTS = 2;
/** Of the time; less leaves room. */
const BUSY_SHARE = 0.9;
/** For so long and at each point, that little room is worth a word. */
const LASTING_MS = 45_000;
const LEAST_LASTING_MS = 30_000;
const LASTING_SHARE = 0.7;
/** It never waits for anything: a loop that feeds itself. */
const RESTLESS_SHARE = 0.995;
/** Less than this part of a core is what starvation makes of a light load. */
const RAN_SHARE = 0.3;
const RAN_SHARE_OF_RESTLESS = 0.05;

export interface BusyTime {
  /** Of the time, 0 to 1: of the point with the least. */
  share: number;
  /** It has some time left, and has had no more for a while. */
  hasRoom: boolean;
}

/** Null where it has time left, or the kernel gives it so little that this says nothing of its work. */
export function busyTime(
  points: readonly PointEvidence[],
  cpuTime: CpuTimeEvidence | null,
): BusyTime | null {
  const answered = points.filter(({ isResponding }) => isResponding);
  const recent = latest(answered, RECENT_MS);
  const judged = recent.length < FEWEST_POINTS ? answered.slice(-FEWEST_POINTS) : recent;
  if (judged.length < FEWEST_POINTS) return null;
  const share = leastShare(judged);
  const lasting = latest(answered, LASTING_MS);
  const lastedMs = lasting.at(-1)!.timestampMs - lasting[0]!.timestampMs;
  const hasLasted = lastedMs >= LEAST_LASTING_MS && leastShare(lasting) >= LASTING_SHARE;
  if (share < BUSY_SHARE && !hasLasted) return null;
  const ranShare = cpuTime === null ? 1 : clamp(cpuTime.ranMs / cpuTime.lastedMs, 0, 1);
  return ranShare < (share >= RESTLESS_SHARE ? RAN_SHARE_OF_RESTLESS : RAN_SHARE)
    ? null
    : { share, hasRoom: share < BUSY_SHARE };
}

function latest(points: readonly PointEvidence[], ms: number): readonly PointEvidence[] {
  const endMs = points.at(-1)?.timestampMs ?? 0;
  return points.filter(({ timestampMs }) => timestampMs > endMs - ms);
}

function leastShare(points: readonly PointEvidence[]): number {
  return Math.min(...points.map(({ eventLoopUtilization }) => eventLoopUtilization ?? 0));
}
