/** How the async tracker is doing, and what it costs. */
export interface InstrumentationReading {
  enabled: boolean;
  /** Why the tracker is off; null while it is on. */
  disabledReason: string | null;
  /** Share of one core the tracker used lately, measured; 0 to 100. */
  overheadPercent: number;
  overheadBudgetPercent: number;
  /** Probability with which a new task is recorded now; 1 means every task. */
  samplingRate: number;
  /** Share of time in which the hook is on; 1 means always. */
  dutyCycle: number;
  /**
   * Time since the start in which tasks were created unseen, because a burst had outrun the budget:
   * where it grows, counts are lower bounds.
   */
  blindMs: number;
  /** Live records held, and the most that will be held. */
  records: number;
  recordsLimit: number;
  /** Tasks seen by the hook since start, and those not recorded by sampling. */
  seen: number;
  sampledOut: number;
  /** Records given up because the limit was reached. */
  dropped: number;
  /** For about how long an exact read would stop the program now; null where there is none. */
  exactReadPauseMs: number | null;
}
