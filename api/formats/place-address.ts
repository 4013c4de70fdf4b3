/**
 * Addresses for places in the code. There are none in JavaScript, but readers take places and stacks with the same
 * address for the same: Alloy's and Datadog's deltas look at nothing else.
 */
import type { Frame } from '../profile/profile.ts';

/** Few enough for every reader, those with doubles as well. */
const HASH_BITS = 48;
const HIGH_BITS = HASH_BITS - 32;
/** Above the first page, as in any process: 0 means that there is no address. */
export const LOWEST_ADDRESS = 0x1000;
/** First address beyond all of them, with room for the few that are moved. */
export const ADDRESS_LIMIT = LOWEST_ADDRESS + 2 ** HASH_BITS + 2 ** 20;

/**
 * Two hashes of 32 bits side by side: cheaper than one of `node:crypto`, of which thousands would be
 * felt in a mounted handler. Nothing is secret here.
 */
function hashOf(place: string): number {
  let high = 0x811c_9dc5;
  let low = 0x9e37_79b9;
  for (let at = 0; at < place.length; at++) {
    const unit = place.charCodeAt(at);
    high = Math.imul(high ^ unit, 0x0100_0193);
    low = Math.imul(low ^ unit, 0x85eb_ca6b);
    low ^= low >>> 15;
  }
  return (mixed(high) >>> (32 - HIGH_BITS)) * 2 ** 32 + mixed(low);
}

/** Lets every bit depend on all others: without it, the last characters reach the upper ones only. */
function mixed(hash: number): number {
  let bits = Math.imul(hash ^ (hash >>> 16), 0x7feb_352d);
  bits = Math.imul(bits ^ (bits >>> 15), 0x846c_a68b);
  return (bits ^ (bits >>> 16)) >>> 0;
}

/**
 * @returns what gives a place its address: the same in every profile and every process that runs the
 * same code from the same folder. Where two places of one profile have one hash, the second gets the
 * next free address.
 */
export function createPlaceAddresses(
  hashPlace: (place: string) => number = hashOf,
): (frame: Frame) => number {
  const placeAt = new Map<number, string>();
  return ({ function: name, file, line, column = 0 }) => {
    const place = `${line}:${column}\n${file}\n${name}`;
    let address = LOWEST_ADDRESS + hashPlace(place);
    while ((placeAt.get(address) ?? place) !== place) address += 1;
    placeAt.set(address, place);
    return address;
  };
}
