import { expect, it } from 'vitest';
import { randomHex, randomId } from './random-id.ts';

it('gives ids in the form of random UUIDs, and never one twice', () => {
  const ids = Array.from({ length: 1_000 }, randomId);
  const form = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-a[\da-f]{3}-[\da-f]{12}$/;
  expect(ids.filter((id) => !form.test(id))).toEqual([]);
  expect(new Set(ids).size).toBe(ids.length);
});

it('gives two digits a byte', () => {
  expect(randomHex(8)).toMatch(/^[\da-f]{16}$/);
});
