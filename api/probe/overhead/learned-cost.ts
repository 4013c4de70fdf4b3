/** What one piece of frequent work costs, learned from those that are timed. */

/** How far one measurement moves it. */
const STEP = 1.02;

export interface LearnedCost {
  ms(): number;
  /** One took so long. */
  learn(measuredMs: number): void;
}

export interface LearnedCostOptions {
  /** Until the first are measured. */
  initialMs: number;
  /** How much of a cost each measured millisecond stands for. @default 1 */
  factor?: number;
}

export function learnCost({ initialMs, factor = 1 }: LearnedCostOptions): LearnedCost {
  let costMs = initialMs;
  return {
    ms: () => costMs,
    learn(measuredMs) {
      // A clock cannot tell work from having lost the processor, which moves a mean and no median.
      costMs *= measuredMs * factor > costMs ? STEP : 1 / STEP;
    },
  };
}
