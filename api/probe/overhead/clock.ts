/** What the overhead controller knows of time. */
import { clearTimeout, loopTimes, setTimeout, threadClockMs } from '../../base/own-time.ts';

export interface ControllerClock {
  /** Monotonic. */
  nowMs(): number;
  /** How long the loop has been busy since it began. */
  busyMs(): number;
  /** Calls back later, without keeping the process alive. Gives what cancels it. */
  after(delayMs: number, task: () => void): () => void;
}

export const PROCESS_CLOCK: ControllerClock = {
  nowMs: threadClockMs,
  busyMs: () => loopTimes().activeMs,
  after(delayMs, task) {
    const timer = setTimeout(task, delayMs).unref();
    return () => clearTimeout(timer);
  },
};
