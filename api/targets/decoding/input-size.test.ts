import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { unpackedBytes } from './input-size.ts';

it.each([
  ['plain bytes by their length', Buffer.from('hello'), 5],
  ['gzip by what it unpacks to', gzipSync(Buffer.alloc(3_000_000)), 3_000_000],
  ['a stub of gzip by its length', Buffer.from([0x1f, 0x8b]), 2],
])('counts %s', (_what, input, bytes) => {
  expect(unpackedBytes(input)).toBe(bytes);
});
