import { describe, expect, test } from 'vitest';
import {
  formatAge,
  formatBytes,
  formatChange,
  formatCount,
  formatDuration,
  formatShare,
  plural,
} from './format.ts';

/** What a reader sees: no-break spaces as plain ones. */
const read = (text: string) => text.replaceAll('\u00a0', ' ');

describe('numbers for people', () => {
  test.each([
    [0, '0 B'],
    [999, '999 B'],
    [1_000, '1.00 kB'],
    [12_340, '12.3 kB'],
    [999_900, '1.00 MB'],
    [123_456_789, '123 MB'],
    [4.2e9, '4.20 GB'],
    [-2_500_000, '−2.50 MB'],
  ])('%d bytes read %s', (bytes, text) => {
    expect(read(formatBytes(bytes))).toBe(text);
  });

  test.each([
    [0, '0 ms'],
    [0.42, '0.4 ms'],
    [180.4, '180 ms'],
    [1_500, '1.5 s'],
    [12_000, '12 s'],
    [192_000, '3 min 12 s'],
    [300_000, '5 min'],
    [7_500_000, '2 h 5 min'],
    [180_000_000, '2 d 2 h'],
  ])('%d milliseconds read %s', (ms, text) => {
    expect(read(formatDuration(ms))).toBe(text);
  });

  test.each([
    [0, '0 %'],
    [0.0123, '1.2 %'],
    [0.05, '5 %'],
    [0.8, '80 %'],
  ])('a share of %d reads %s', (share, text) => {
    expect(read(formatShare(share))).toBe(text);
  });

  test('ages are whole seconds and never negative', () => {
    expect([formatAge(-5), formatAge(999), formatAge(12_900)].map(read)).toEqual([
      '0 s',
      '0 s',
      '12 s',
    ]);
  });

  test('thousands are grouped, changes carry their sign, and one is singular', () => {
    expect(formatCount(1_234_567)).toBe('1,234,567');
    expect(formatChange(5, formatCount)).toBe('+5');
    expect(formatChange(-5, formatCount)).toBe('−5');
    expect(formatChange(0, formatCount)).toBe('±0');
    expect(plural(1, 'task')).toBe('1 task');
    expect(plural(2_000, 'task')).toBe('2,000 tasks');
  });
});
