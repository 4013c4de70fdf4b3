import { describe, expect, it } from 'vitest';
import { ProtoWriter } from './proto-writer.ts';

const written = (write: (writer: ProtoWriter) => void): string => {
  const writer = new ProtoWriter();
  write(writer);
  return Buffer.from(writer.take()).toString('hex');
};

describe('an integer', () => {
  it.each([
    [1, '0801'],
    [127, '087f'],
    [128, '088001'],
    [150, '089601'],
    [2 ** 32, '088080808010'],
    [2 ** 53, '088080808080808010'],
    [-1, '08ffffffffffffffffff01'],
    [-150, '08eafeffffffffffffff01'],
    [1.5, '0802'],
    [0, ''],
    [0.4, ''],
    [Number.NaN, ''],
  ])('%d is %s', (value, bytes) => {
    expect(written((writer) => writer.integer(1, value))).toBe(bytes);
  });

  it.each([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.MAX_VALUE])(
    '%d stays within 64 bits',
    (value) => {
      expect(written((writer) => writer.integer(1, value))).toHaveLength(
        value > 0 ? 2 * (1 + 9) : 2 * (1 + 10),
      );
    },
  );

  it('has a field number of any size', () => {
    expect(written((writer) => writer.integer(16, 1))).toBe('800101');
  });
});

it('writes text as UTF-8, also when it is empty', () => {
  expect(written((writer) => writer.text(2, 'testing'))).toBe('120774657374696e67');
  expect(written((writer) => writer.text(2, '€'))).toBe('1203e282ac');
  expect(written((writer) => writer.text(2, ''))).toBe('1200');
});

it('packs integers into one field, and none into nothing', () => {
  const values = [3, 270, 86_942];
  expect(written((writer) => writer.packed(4, 3, (index) => values[index]!))).toBe(
    '2206038e029ea705',
  );
  expect(written((writer) => writer.packed(4, 0, () => 1))).toBe('');
});

it('nests messages', () => {
  const bytes = written((writer) =>
    writer.message(3, (outer) => {
      outer.integer(1, 1);
      outer.message(2, (inner) => inner.integer(1, 150));
      outer.integer(3, 2);
    }),
  );
  expect(bytes).toBe('1a09080112030896011802');
});

it('grows with what it is given, and gives each byte once', () => {
  const writer = new ProtoWriter();
  const text = 'x'.repeat(100_000);
  writer.text(1, text);
  writer.text(1, text);
  expect(writer.take()).toHaveLength(2 * (1 + 3 + text.length));
  expect(writer.take()).toHaveLength(0);
});
