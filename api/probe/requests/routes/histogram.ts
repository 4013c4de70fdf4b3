/**
 * Counts of durations by size, each told to within one percent. Plain numbers: one of `perf_hooks` goes
 * through native code with each request that ends, which costs more than all else that is done for it.
 */
import { math } from '../../../base/numbers/math.ts';

/** Each doubling of the size is counted in so many steps. */
const STEPS = 128;
const STEP_BITS = 7;
/** Longer ones count as this: over an hour. */
const LARGEST_US = 2 ** 32 - 1;
const SIZE = STEPS * (32 - STEP_BITS + 1);

export class DurationHistogram {
  readonly #counts = new Float64Array(SIZE);
  #total = 0;

  /** @param us Microseconds, a whole number. */
  record(us: number): void {
    this.#counts[indexOf(us > LARGEST_US ? LARGEST_US : us)]! += 1;
    this.#total += 1;
  }

  add(other: DurationHistogram): void {
    for (let index = 0; index < SIZE; index++) this.#counts[index]! += other.#counts[index]!;
    this.#total += other.#total;
  }

  /** The duration in microseconds that `percent` of all are no longer than. */
  percentile(percent: number): number {
    const wanted = math.ceil((percent / 100) * this.#total);
    let index = 0;
    for (let seen = 0; index < SIZE; index++) {
      seen += this.#counts[index]!;
      if (seen >= wanted) break;
    }
    return lastOf(index);
  }
}

/** Up to 255 each has its own; 256 and 257 share one, and with each doubling twice as many do. */
function indexOf(us: number): number {
  if (us < STEPS) return us;
  const doublings = 32 - STEP_BITS - math.clz32(us);
  return STEPS * doublings + ((us >>> (doublings - 1)) & (STEPS - 1));
}

/** The longest that has this index. */
function lastOf(index: number): number {
  if (index < STEPS) return index;
  const doublings = math.floor(index / STEPS);
  return (STEPS + (index % STEPS) + 1) * 2 ** (doublings - 1) - 1;
}
