/** What a record costs, learned from those that are timed. */

/** Until the first are measured. */
const INITIAL_MS = 0.012;
/** What a record costs beyond the hook: its share of garbage collection. */
const FACTOR = 1.5;
/** How far one measurement moves it. */
const STEP = 1.02;

export interface RecordCost {
  ms(): number;
  /** One took so long in the hook. */
  learn(measuredMs: number): void;
}

export function learnRecordCost(): RecordCost {
  let costMs = INITIAL_MS;
  return {
    ms: () => costMs,
    learn(measuredMs) {
      // A clock cannot tell work from having lost the processor, which moves a mean and no median.
      costMs *= measuredMs * FACTOR > costMs ? STEP : 1 / STEP;
    },
  };
}
