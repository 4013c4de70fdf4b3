import { expect, test } from 'vitest';
import { aFrame, aRequest } from '../../../health/testing/evidence.ts';
import { createEventWaits } from './event-waits.ts';

const ROUTE = 'GET /next';

test('a route is told by what its old requests wait for, also where nobody knows since when', () => {
  const waits = createEventWaits();
  const look = (...each: boolean[]) =>
    waits.note(
      each.map((waitsForEvent) =>
        aRequest({ route: ROUTE, ageMs: 5_000, waitMs: null, waitsForEvent }),
      ),
    );
  waits.note([aRequest({ route: ROUTE, ageMs: 500, waitsForEvent: true })]);
  expect(waits.shareOf(ROUTE)).toBeNull();
  look(true, true, false, true);
  expect(waits.shareOf(ROUTE)).toBe(0.75);
  look(false, false);
  expect(waits.shareOf(ROUTE)).toBeCloseTo(0.525);
});

test('a wait for a connection of a pool is none for an event, though it has a time limit too', () => {
  const waits = createEventWaits();
  const stack = [
    aFrame('Pool.acquire', '/app/node_modules/slots/pool.js'),
    aFrame('placeOrder', '/app/src/order.ts'),
  ];
  waits.note([
    aRequest({ route: ROUTE, ageMs: 5_000, waitsForEvent: true, stacks: [stack] }),
    aRequest({ route: ROUTE, ageMs: 5_000, waitsForEvent: true }),
  ]);
  expect(waits.shareOf(ROUTE)).toBe(0.5);
});
