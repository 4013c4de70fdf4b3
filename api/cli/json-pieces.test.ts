/** JSON in pieces. */
import { describe, expect, it } from 'vitest';
import { jsonPieces } from './json-pieces.ts';

describe('JSON in pieces', () => {
  it.each([
    [null],
    [[]],
    [{}],
    [[undefined, 1, 'a\nb', {}, []]],
    [{ a: undefined, b: { c: [{ d: { e: { f: [1, { g: 'x\n' }], h: undefined } } }], i: {} } }],
    [[[[[[[1]]]]]]],
  ])('is what JSON.stringify writes of %j', (value) => {
    expect([...jsonPieces(value)].join('')).toBe(JSON.stringify(value, null, 2));
  });

  it('has no piece as long as a list in it', () => {
    const groups = Array.from({ length: 1_000 }, (_, at) => ({ count: at, frames: ['a', 'b'] }));
    const pieces = [...jsonPieces([{ goroutines: { groups } }])];
    expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(200);
  });
});
