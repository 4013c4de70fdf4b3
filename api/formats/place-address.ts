/**
 * Addresses for places in the code. There are none in JavaScript, but readers take places and stacks with the same
 * address for the same: Alloy's and Datadog's deltas look at nothing else.
 */
import { textHash } from '../base/text-hash.ts';
import type { Frame } from '../profile/profile.ts';

/** Few enough for every reader, those with doubles as well. */
const HASH_BITS = 48;
const HIGH_BITS = HASH_BITS - 32;
/** Above the first page, as in any process: 0 means that there is no address. */
export const LOWEST_ADDRESS = 0x1000;
/** First address beyond all of them, with room for the few that are moved. */
export const ADDRESS_LIMIT = LOWEST_ADDRESS + 2 ** HASH_BITS + 2 ** 20;

function hashOf(place: string): number {
  const { high, low } = textHash(place);
  return (high >>> (32 - HIGH_BITS)) * 2 ** 32 + low;
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
    // Not each kind of profile knows the column, which anonymous functions of one line are told apart by.
    const place = `${line}:${name === '(anonymous)' ? column : 0}\n${file}\n${name}`;
    let address = LOWEST_ADDRESS + hashPlace(place);
    while ((placeAt.get(address) ?? place) !== place) address += 1;
    placeAt.set(address, place);
    return address;
  };
}
