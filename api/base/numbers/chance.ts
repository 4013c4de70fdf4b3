/**
 * Chance of our own. The host's `Math.random` may be faked, and where it is seeded (by a library, or by
 * `--random-seed`), every call of ours would change what the host draws next.
 */
import { monotonicNs } from '../own-time.ts';

const TWO_TO_THE_32 = 2 ** 32;

/** Never 0, of which the generator would not get away. */
let state = Number(BigInt.asUintN(32, monotonicNs())) || 1;

/** From 0 up to but not 1, as evenly as sampling needs (Marsaglia's xorshift with 32 bits). */
export function chance(): number {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) / TWO_TO_THE_32;
}
