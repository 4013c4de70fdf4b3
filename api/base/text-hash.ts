/**
 * Two hashes of 32 bits of a text, which together are as good as one of 64: cheaper than one of `node:crypto`,
 * which takes some 10 ms to load, and of which thousands would be felt. For nothing that must not be guessed.
 */
import { math } from './numbers/math.ts';
export function textHash(text: string): { high: number; low: number } {
  let high = 0x811c_9dc5;
  let low = 0x9e37_79b9;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    high = math.imul(high ^ unit, 0x0100_0193);
    low = math.imul(low ^ unit, 0x85eb_ca6b);
    low ^= low >>> 15;
  }
  return { high: mixed(high), low: mixed(low) };
}

/** Lets every bit depend on all others: without it, the last characters reach the upper ones only. */
function mixed(hash: number): number {
  let bits = math.imul(hash ^ (hash >>> 16), 0x7feb_352d);
  bits = math.imul(bits ^ (bits >>> 15), 0x846c_a68b);
  return (bits ^ (bits >>> 16)) >>> 0;
}
