/** How a loss that is only known in sum is shared out among those who may have suffered it. */
import { math } from '../../../base/numbers/math.ts';

/** So that those that never lost anything share a loss that the others cannot account for. */
const LEAST_HAZARD = 0.05;
/** Hazards of one class differ by at most a tenth; 400 classes reach beyond any hazard there is. */
const CLASSES = 400;
const CLASS_RATIO = 1.1;
const STEPS = 60;

/**
 * Shares between 0 and 1, such that `amounts` times shares add up to `left`. Each share is
 * exp(-hazard × time), with one time for all: twice the hazard, and the square of the share is left.
 *
 * For example of the amounts 30 and 10 with the hazards 9 and 0, where 10 are left: nearly nothing of
 * the first, nearly all of the second. With equal hazards: a quarter of both.
 */
export function solveSurvival(
  amounts: Float64Array,
  hazards: Float64Array,
  left: number,
): Float64Array {
  const classes = Uint16Array.from(hazards, classOf);
  const sums = new Float64Array(CLASSES);
  classes.forEach((at, index) => {
    sums[at]! += amounts[index]!;
  });
  const total = sums.reduce((sum, amount) => sum + amount, 0);
  if (left >= total) return new Float64Array(amounts.length).fill(1);
  if (left <= 0) return new Float64Array(amounts.length);
  const sharesAt = (time: number) => sums.map((_, at) => math.exp(-hazardOf(at) * time));
  const shares = sharesAt(timeUntil((time) => leftOf(sums, sharesAt(time)) <= left));
  // Exactly: what the search leaves over is a rounding error.
  const correction = left / leftOf(sums, shares);
  return Float64Array.from(classes, (at) => math.min(1, shares[at]! * correction));
}

function classOf(hazard: number): number {
  const steps = math.log(math.max(hazard, LEAST_HAZARD) / LEAST_HAZARD) / math.log(CLASS_RATIO);
  return math.min(CLASSES - 1, math.round(steps));
}

const hazardOf = (at: number): number => LEAST_HAZARD * CLASS_RATIO ** at;

function leftOf(sums: Float64Array, shares: Float64Array): number {
  return sums.reduce((sum, amount, at) => sum + amount * shares[at]!, 0);
}

/** The shortest time at which it is over, by doubling and halving. */
function timeUntil(isOver: (time: number) => boolean): number {
  let [early, late] = [0, 1];
  // No number that a broken sampler gives may hold the program here for good.
  while (late < Number.MAX_VALUE && !isOver(late)) [early, late] = [late, late * 2];
  for (let step = 0; step < STEPS; step++) {
    const middle = (early + late) / 2;
    if (isOver(middle)) late = middle;
    else early = middle;
  }
  return late;
}
