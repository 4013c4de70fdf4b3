import { expect, it } from 'vitest';
import { HashIndex, NONE } from './hash-index.ts';

/** All numbers with this hash. */
function found(index: HashIndex, hash: number): number[] {
  const numbers: number[] = [];
  for (let at = index.first(hash); at !== NONE; at = index.next()) numbers.push(at);
  return numbers;
}

it('finds nothing where nothing was added', () => {
  expect(found(new HashIndex(), 7)).toEqual([]);
});

it('numbers what is added from 0 on, and finds all with the same hash alone', () => {
  const index = new HashIndex();
  expect([5, -5, 5, 5 + 1024].map((hash) => index.add(hash))).toEqual([0, 1, 2, 3]);
  expect(found(index, 5)).toEqual([0, 2]);
  expect(found(index, -5)).toEqual([1]);
  expect(found(index, 5 + 1024)).toEqual([3]);
  expect(found(index, 6)).toEqual([]);
});

it('still finds everything when it has grown', () => {
  const index = new HashIndex();
  const hashes = Array.from({ length: 10_000 }, (_, at) => Math.imul(at % 5_000, 0x9e3779b1));
  for (const hash of hashes) index.add(hash);
  for (const at of [0, 511, 512, 4_999])
    expect(found(index, hashes[at]!)).toEqual([at, at + 5_000]);
});
