/** What the tracker tells of its work, and is told of how much it may do. */
import type { ControllerClock } from './clock.ts';

export interface OverheadController {
  /** How many tasks one recorded now stands for; 0 where the dice say that it is not recorded. */
  drawWeight(): number;
  /** How many tasks one made now stands for, by the share of time alone in which the hook is on; 1 where it always is. */
  weightInWindow(): number;
  /** The hook was called, whether for a task or for something that is none. */
  countCall(): void;
  /**
   * A request began. How many this one stands for; 0 where its tasks are not recorded, and null where
   * it can do without a context as well, which costs more than anything else that is done for it.
   */
  drawRequestWeight(): number | null;
  /** What came by is a task. */
  countTask(): void;
  /** A task was recorded in this time; null where it was not measured. */
  countRecorded(measuredMs: number | null): void;
  /** Records that were over were dropped in this time, which is part of what recording costs. */
  countDropped(ms: number): void;
  /**
   * CPU time spent elsewhere on the observed loop: sweeps and formatting. For what is beyond the share of
   * sweeps the next cycles pay; records of this one cannot, since they are lost for good and a sweep is
   * not cheaper without them.
   */
  charge(ms: number): void;
  /** The record limit was reached: half as many from now on. */
  halve(): void;
  /** Records are well below their limit again. */
  relax(): void;
  overheadPercent(): number;
  /** Probability with which a task is recorded while the hook is on. */
  samplingRate(): number;
  /** Share of time in which the hook is on. */
  dutyCycle(): number;
  /** Time since the start in which the hook was off because a burst had outrun the budget. */
  blindMs(): number;
  stop(): void;
}

export interface OverheadControllerOptions {
  /** Share of one core that may be used, in percent. */
  budgetPercent: number;
  /** Turns the hook on or off. */
  setHook: (isOn: boolean) => void;
  /** Runs a function while the hook looks away. */
  quietly: (work: () => void) => void;
  /**
   * Time that other parts of the probe have used on this thread since the start. It is told with the rest and
   * not paid for here: fewer records would not make it less. @default none
   */
  elsewhereMs?: () => number;
  /** @default the process's own */
  clock?: ControllerClock;
}
