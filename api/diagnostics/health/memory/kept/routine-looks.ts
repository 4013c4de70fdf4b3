/**
 * When to look for listeners and promises that stay although the heap does not tell: so few bytes that it takes hours.
 * A round of short looks after the start, and another one every ten minutes; none of them collects garbage.
 */
import type { PointEvidence } from '../../../../health/evidence/evidence.ts';

/** Once the program has begun to do what it is for. */
const FIRST_AFTER_MS = 15_000;
const ROUND_EVERY_MS = 10 * 60_000;
/** From the beginning of a round. */
const WINDOWS_MS = [0, 5_000, 10_000, 15_000];
/** What was seen being made is looked at again once V8 may have collected garbage. */
const READS_MS = [25_000, 35_000, 45_000, 60_000, 75_000];
/** Where something stays. */
const GO_ON_EVERY_MS = 15_000;
/** Of the time: who does less does nothing that could pile up. */
const IDLE_SHARE = 0.002;
const POINTS_LOOKED_AT = 3;

export interface RoutineLooks {
  /**
   * What is due now: `WINDOW` a look at what is made and at what has stayed, `READ` at that alone; null for nothing.
   * @param isStaying whether the looks before have found something that stays
   */
  due(
    points: readonly PointEvidence[],
    nowMs: number,
    isStaying: boolean,
  ): 'WINDOW' | 'READ' | null;
}

export function createRoutineLooks(): RoutineLooks {
  let startedAtMs: number | null = null;
  let roundAtMs = 0;
  let [windows, reads] = [0, 0];
  let lastAtMs = Number.NEGATIVE_INFINITY;

  function next(nowMs: number, isStaying: boolean): 'WINDOW' | 'READ' | null {
    if (isStaying && nowMs - lastAtMs >= GO_ON_EVERY_MS) return 'WINDOW';
    const sinceMs = nowMs - roundAtMs;
    if (sinceMs >= (WINDOWS_MS[windows] ?? Number.POSITIVE_INFINITY)) {
      windows += 1;
      return 'WINDOW';
    }
    if (sinceMs < (READS_MS[reads] ?? Number.POSITIVE_INFINITY)) return null;
    reads += 1;
    return 'READ';
  }

  return {
    due(points, nowMs, isStaying) {
      startedAtMs ??= nowMs;
      if (nowMs - startedAtMs < FIRST_AFTER_MS) return null;
      if (nowMs - roundAtMs >= ROUND_EVERY_MS) {
        if (isIdle(points)) return null;
        roundAtMs = nowMs;
        [windows, reads] = [0, 0];
      }
      const look = next(nowMs, isStaying);
      if (look !== null) lastAtMs = nowMs;
      return look;
    },
  };
}

function isIdle(points: readonly PointEvidence[]): boolean {
  return points
    .slice(-POINTS_LOOKED_AT)
    .every(({ eventLoopUtilization }) => (eventLoopUtilization ?? 1) < IDLE_SHARE);
}
