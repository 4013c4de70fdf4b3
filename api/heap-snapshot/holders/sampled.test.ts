import { expect, it } from 'vitest';
import { sampleSizes } from './sampled.ts';

it.each([
  ['its own size', [48, 48, 176], { 48: 2, 176: 1 }, [48, 48, 176]],
  ['the next larger, made in one piece with its parts', [48, 176], { 48: 1, 208: 1 }, [48, 208]],
  ['none, where there is no sample left', [48, 48, 48], { 48: 2 }, [48, 48]],
  ['none, where the next is much larger', [48], { 4096: 1 }, []],
])('an object takes a sample of %s', (_what, bytes, counts, sizes) => {
  const allSizes = new Map(Object.entries(counts).map(([size, count]) => [Number(size), count]));
  const objects = bytes.map((each, node) => ({ node, bytes: each, pieces: [] }));
  expect([...sampleSizes(objects, [allSizes]).values()]).toEqual(sizes);
});

it('leaves a larger object the sample that it needs', () => {
  const objects = [40, 400].map((bytes, node) => ({ node, bytes, pieces: [] }));
  const sizes = sampleSizes(objects, [new Map([[432, 1]])]);
  expect([...sizes].map(([{ bytes }, size]) => [bytes, size])).toEqual([[400, 432]]);
});

it('keeps the samples of what others alone can be for those others', () => {
  const arrays = Array.from({ length: 4 }, (_, node) => ({ node, bytes: 32, pieces: [384, 368] }));
  const texts = [{ node: 4, bytes: 32, pieces: [] }];
  const sizes = sampleSizes(
    [...arrays, ...texts],
    [
      new Map([
        [32, 1],
        [368, 2],
        [384, 2],
      ]),
    ],
  );
  expect([...sizes].map(([{ node }, size]) => [node, size])).toEqual([
    [4, 32],
    [0, 384],
    [1, 384],
    [2, 368],
    [3, 368],
  ]);
});

it('leaves the samples of a stack to what has more to do with it, also where another stack has some of that size', () => {
  const numbers = Array.from({ length: 3 }, (_, node) => ({ node, bytes: 16, pieces: [] }));
  const closures = Array.from({ length: 3 }, (_, node) => ({
    node: 3 + node,
    bytes: 56,
    pieces: [],
  }));
  const products = new Map([
    [56, 1],
    [120, 3],
  ]);
  const sizes = sampleSizes(
    [...numbers, ...closures],
    [new Map([[56, 3]]), products],
    ({ bytes }) => (bytes === 16 ? [1, 60] : [3, 1]),
  );
  expect([...sizes].filter(([{ bytes }]) => bytes === 56).map(([, size]) => size)).toEqual([
    56, 56, 56,
  ]);
});
