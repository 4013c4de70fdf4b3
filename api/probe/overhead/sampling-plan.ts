/** How much to record, given what it costs: everything, a sample, or a sample in short windows. */
import { math } from '../../base/numbers/math.ts';

export interface SamplingPlan {
  /** Probability with which a task is recorded while the hook is on. */
  probability: number;
  /** Share of time in which the hook is on. */
  duty: number;
}

/** Costs of recording everything, as shares of the time (1 is one core). */
export interface ExactCosts {
  /** Of the hook's bare presence. */
  presence: number;
  /** Of the records. */
  records: number;
}

export const EXACT: SamplingPlan = { probability: 1, duty: 1 };
export const SMALLEST_PROBABILITY = 1e-4;

const SMALLEST_DUTY = 0.005;
/** Above this share of time, turning the hook off in between saves less than it blurs. */
const WORTHWHILE_DUTY = 0.7;
/** Shares of the target: for the hook's presence, and of what that leaves for records. */
const PRESENCE_SHARE = 0.35;
const RECORDS_SHARE = 0.7;
/** Share of the target that records get even where the hook's presence uses up all of it. */
const LEAST_RECORDS_SHARE = 0.2;

/** The plan whose cost is about `target`, a share of the time, where recording everything is more. */
export function planSampling({ presence, records }: ExactCosts, target: number): SamplingPlan {
  if (presence + records <= target) return EXACT;
  const share = math.max(SMALLEST_DUTY, (PRESENCE_SHARE * target) / presence);
  const duty = share > WORTHWHILE_DUTY ? 1 : share;
  const forRecords = math.max(
    LEAST_RECORDS_SHARE * target,
    RECORDS_SHARE * (target - duty * presence),
  );
  const probability = math.min(1, forRecords / (duty * records));
  return { duty, probability: math.max(SMALLEST_PROBABILITY, probability) };
}
