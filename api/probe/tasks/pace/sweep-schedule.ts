/** When the next sweep is due: soon where a request has new tasks, never more often than it is worth. */
import { math } from '../../../base/numbers/math.ts';

export interface SweepSchedule {
  /** A task of a request was recorded, which only a sweep can keep from an early collection. */
  noteRequestTask(): void;
  noteSweep(spentMs: number): void;
  isDue(): boolean;
}

export interface SweepScheduleOptions {
  /** Share of one core that sweeps may take, in percent. */
  budgetPercent: number;
  /** Monotonic clock. */
  nowMs: () => number;
}

const INTERVAL_MS = 2_000;
/** How long new tasks of requests wait: most are over by then and cost the sweep next to nothing. */
const SOON_MS = 250;

export function createSweepSchedule({ budgetPercent, nowMs }: SweepScheduleOptions): SweepSchedule {
  let dueAtMs = nowMs() + INTERVAL_MS;
  let affordableAtMs = 0;
  let hasNewRequestTask = false;

  return {
    noteRequestTask() {
      if (hasNewRequestTask) return;
      hasNewRequestTask = true;
      dueAtMs = math.min(dueAtMs, nowMs() + SOON_MS);
    },
    noteSweep(spentMs) {
      hasNewRequestTask = false;
      dueAtMs = nowMs() + INTERVAL_MS;
      affordableAtMs = nowMs() + spentMs / (budgetPercent / 100);
    },
    isDue: () => nowMs() >= math.max(dueAtMs, affordableAtMs),
  };
}
