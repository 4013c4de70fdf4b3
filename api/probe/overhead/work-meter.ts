/** How much time frequent work of pprofql's takes on the observed thread, learned from a few that are timed. */
import { threadClockMs } from '../../base/own-time.ts';
import { learnCost } from './learned-cost.ts';

export interface WorkMeter {
  /** Counts one. @returns when it began, to be given to `end`; negative for one that is not timed */
  begin(): number;
  end(startedAtMs: number): void;
  /** Milliseconds, all of it since the start; an estimate. */
  totalMs(): number;
}

export interface WorkMeterOptions {
  /** One in so many is timed. */
  timedOneIn: number;
  /** Until the first are timed. */
  initialMs: number;
}

const NOT_TIMED = -1;

export function createWorkMeter({ timedOneIn, initialMs }: WorkMeterOptions): WorkMeter {
  const cost = learnCost({ initialMs });
  let count = 0;
  let totalMs = 0;
  let toldCount = 0;

  return {
    begin() {
      count += 1;
      return count % timedOneIn === 0 ? threadClockMs() : NOT_TIMED;
    },
    end(startedAtMs) {
      if (startedAtMs !== NOT_TIMED) cost.learn(threadClockMs() - startedAtMs);
    },
    totalMs() {
      totalMs += (count - toldCount) * cost.ms();
      toldCount = count;
      return totalMs;
    },
  };
}
