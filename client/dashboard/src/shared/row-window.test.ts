import { describe, expect, test } from 'vitest';
import { rowsBetween } from './row-window.ts';

const ROWS = { rowPx: 20, count: 10, extraPx: new Map<number, number>() };

describe('the rows in view', () => {
  test('are those that overlap it, with space for the rest', () => {
    expect(rowsBetween(ROWS, 30, 70)).toEqual({ start: 1, end: 4, beforePx: 20, afterPx: 120 });
  });

  test('count an expanded row with all its height', () => {
    const extents = { ...ROWS, extraPx: new Map([[1, 100]]) };
    expect(rowsBetween(extents, 130, 170)).toEqual({
      start: 1,
      end: 4,
      beforePx: 20,
      afterPx: 120,
    });
  });

  test('are all of a list that fits, and none of an empty one', () => {
    expect(rowsBetween(ROWS, -500, 900)).toEqual({ start: 0, end: 10, beforePx: 0, afterPx: 0 });
    expect(rowsBetween({ ...ROWS, count: 0 }, 0, 900)).toEqual({
      start: 0,
      end: 0,
      beforePx: 0,
      afterPx: 0,
    });
  });

  test('are none when the list lies above or below', () => {
    expect(rowsBetween(ROWS, 500, 900)).toMatchObject({ start: 10, end: 10, beforePx: 200 });
    expect(rowsBetween(ROWS, -900, -500)).toMatchObject({ start: 0, end: 0, afterPx: 200 });
  });
});
