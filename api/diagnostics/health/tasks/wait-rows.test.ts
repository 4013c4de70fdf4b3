import { expect, test } from 'vitest';
import { aFrame, aRequest } from '../../../health/testing/evidence.ts';
import { createWaitRows } from './wait-rows.ts';

const ROUTE = 'GET /order';

/** @param looks age and wait of one request, at each look */
function rowsOf(looks: readonly (readonly [ageMs: number, waitMs: number])[]): number | null {
  const rows = createWaitRows();
  for (const [ageMs, waitMs] of looks) {
    rows.note([aRequest({ id: 1, route: ROUTE, ageMs, waitMs, isUnanswered: true })]);
  }
  return rows.of(ROUTE).waitsInARow;
}

test('who has waited for long and begun to wait 20 ms ago waits many times in a row', () => {
  expect(rowsOf([[3_000, 20]])).toBe(75);
});

test.each([
  ['is at its first wait', [[3_000, 3_000]], 1],
  [
    'has begun another wait after a long one',
    [
      [55_000, 55_000],
      [61_000, 1_000],
      [66_000, 6_000],
    ],
    1,
  ],
  [
    'was seen in several short ones',
    [
      [2_000, 25],
      [3_000, 30],
      [4_000, 10],
    ],
    64,
  ],
  ['is young', [[900, 10]], null],
] as const)('and who %s', (_, looks, expected) => {
  expect(rowsOf(looks)).toBe(expected);
});

test('goes on in the function in which most were seen to, whichever was seen last', () => {
  const LOAD = aFrame('load', '/app/src/dashboard.ts', 6);
  const WIDGET = aFrame('widget', '/app/src/dashboard.ts', 11);
  const rows = createWaitRows();
  for (const rowFrames of [[LOAD], [WIDGET, LOAD], [LOAD], [LOAD], [WIDGET, LOAD]]) {
    const wait = { id: 1, route: ROUTE, ageMs: 3_000, waitMs: 20, isUnanswered: true };
    rows.note([aRequest({ ...wait, frames: [WIDGET, LOAD], rowFrames })]);
  }
  expect(rows.of(ROUTE).rowFrames).toEqual([LOAD]);
});

test('a thread that was busy tells as soon as it is done, when the next wait has begun: that it is young says nothing', () => {
  const rows = createWaitRows();
  const wait = { id: 1, route: ROUTE, ageMs: 1_200, waitMs: 5, isUnanswered: true };
  rows.note([aRequest(wait)], 120);
  expect(rows.of(ROUTE).waitsInARow).toBe(5);
});
