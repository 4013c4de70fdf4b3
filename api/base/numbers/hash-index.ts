/**
 * Finds numbers (0, 1, 2, …) by a hash of what they stand for, without a key for each: what has the
 * same hash is told apart by whoever asks. A table with open addressing.
 *
 *     for (let at = index.first(hash); at !== NONE; at = index.next()) if (isSame(at)) return at;
 *     return index.add(hash);
 */
import { math } from './math.ts';

/** There is no number, or no further one. */
export const NONE = -1;

const INITIAL_CAPACITY = 64;
/** Up to here it grows fast, as each growth files all numbers anew. */
const SMALL_CAPACITY = 2 ** 16;
const GROWTH = { small: 4, large: 2 };
const FACTOR_FIRST = 0x9e3779b1;
const FACTOR_SECOND = 0x85ebca6b;

/** A hash of two whole numbers, of which the order counts. */
export function hashOfPair(first: number, second: number): number {
  const hash = math.imul(first, FACTOR_FIRST) ^ math.imul(second, FACTOR_SECOND);
  return hash ^ (hash >>> 15);
}

export class HashIndex {
  /** Of each number. */
  #hashes = new Int32Array(INITIAL_CAPACITY);
  /** Each the number in it and one more, 0 for none: half of them stay free, so that a search is short. */
  #slots = new Int32Array(INITIAL_CAPACITY * 2);
  #size = 0;
  /** How many of them stand in the slots: who asks for none needs none there, and most of many may be new. */
  #filed = 0;
  #soughtHash = 0;
  #slot = 0;

  /** The first number with this hash, or `NONE`. */
  first(hash: number): number {
    if (this.#filed < this.#size) this.#fileRest();
    this.#soughtHash = hash;
    this.#slot = hash & (this.#slots.length - 1);
    return this.#seek();
  }

  /** The next one after the last that was given. */
  next(): number {
    this.#slot = (this.#slot + 1) & (this.#slots.length - 1);
    return this.#seek();
  }

  /** Gives the next number to something with this hash, a whole number of 32 bits. */
  add(hash: number): number {
    if (this.#size === this.#hashes.length) this.#grow();
    const number = this.#size++;
    this.#hashes[number] = hash;
    return number;
  }

  #seek(): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = this.#slot;
    let number = slots[slot]! - 1;
    while (number !== NONE && this.#hashes[number] !== this.#soughtHash) {
      slot = (slot + 1) & mask;
      number = slots[slot]! - 1;
    }
    this.#slot = slot;
    return number;
  }

  #fileRest(): void {
    const slots = this.#slots;
    const hashes = this.#hashes;
    const mask = slots.length - 1;
    for (let number = this.#filed; number < this.#size; number++) {
      let slot = hashes[number]! & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = number + 1;
    }
    this.#filed = this.#size;
  }

  #grow(): void {
    const factor = this.#size < SMALL_CAPACITY ? GROWTH.small : GROWTH.large;
    const hashes = new Int32Array(this.#hashes.length * factor);
    hashes.set(this.#hashes);
    this.#hashes = hashes;
    this.#slots = new Int32Array(hashes.length * 2);
    this.#filed = 0;
  }
}
