/** What the overhead controller knows of time. */
import {
  clearTimeout,
  cpuClockMs,
  loopTimes,
  setTimeout,
  threadClockMs,
} from '../../base/own-time.ts';
import { atTickAfter } from '../../base/waiting/ticker.ts';

export interface ControllerClock {
  /** Monotonic. */
  nowMs(): number;
  /** How long the loop has been busy since it began, by the clock on the wall. */
  busyMs(): number;
  /** CPU time that this thread has used: less than it was busy where it had to wait for a processor. */
  cpuMs(): number;
  /** Calls back later, without keeping the process alive. Gives what cancels it. */
  after(delayMs: number, task: () => void): () => void;
  /** The same, a fraction of a second late, in a turn of the loop that there is anyway. */
  soonAfter(delayMs: number, task: () => void): () => void;
}

export const PROCESS_CLOCK: ControllerClock = {
  nowMs: threadClockMs,
  busyMs: () => loopTimes().activeMs,
  cpuMs: cpuClockMs,
  after(delayMs, task) {
    const timer = setTimeout(task, delayMs).unref();
    return () => clearTimeout(timer);
  },
  soonAfter: atTickAfter,
};
