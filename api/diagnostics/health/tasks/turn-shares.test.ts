import { expect, it } from 'vitest';
import type { RequestEvidence } from '../../../health/evidence/tasks.ts';
import { aFrame, aRequest } from '../../../health/testing/evidence.ts';
import { createTurnShares } from './turn-shares.ts';

const ACQUIRE = aFrame('Semaphore.acquire', '/app/src/semaphore.ts', 6);
const LINE = aFrame('thumbOf', '/app/src/thumbs.ts', 5);
const ROUTE = 'GET /thumb';

let lastId = 0;
const at = (count: number, stack: RequestEvidence['frames']): RequestEvidence[] =>
  Array.from({ length: count }, () =>
    aRequest({ id: ++lastId, route: ROUTE, frames: [LINE], stacks: [stack] }),
  );
const waiting = (count: number) => at(count, [ACQUIRE, LINE]);
const working = (count: number) => at(count, [LINE]);

it('tells at which line a route waits for its turn, and of how many that stand there that is true', () => {
  const turns = createTurnShares();
  turns.note([...waiting(3), ...working(1)], 1_000);
  expect(turns.of(ROUTE, 2_000)).toMatchObject({ gate: ACQUIRE, culprit: LINE, share: 0.75 });
  expect(turns.of('GET /', 2_000)).toBeNull();
});

it('takes one alone for no queue', () => {
  const turns = createTurnShares();
  turns.note([...waiting(1), ...working(3)], 1_000);
  expect(turns.of(ROUTE, 2_000)).toBeNull();
});

it('goes on where the queue is empty for a moment, and not for a minute', () => {
  const turns = createTurnShares();
  turns.note(waiting(4), 1_000);
  turns.note([], 6_000);
  expect(turns.of(ROUTE, 7_000)).toMatchObject({ share: 1 });
  turns.note(working(2), 11_000);
  expect(turns.of(ROUTE, 12_000)?.share).toBeCloseTo(0.7);
  expect(turns.of(ROUTE, 70_000)).toBeNull();
});

/** One for each, with the request that has made what it waits for. */
const behind = (...others: (number | null)[]): RequestEvidence[] =>
  others.map((other, at) => aRequest({ id: at + 1, route: ROUTE, frames: [LINE], behind: other }));

it('takes for a queue by any name where each waits for what the one before it has made', () => {
  const turns = createTurnShares();
  turns.note(behind(null, 1, 2, 3), 1_000);
  expect(turns.of(ROUTE, 2_000)).toMatchObject({ gate: null, culprit: LINE, share: 0.75 });
});

it('takes for none where all wait for what one has made', () => {
  const turns = createTurnShares();
  turns.note(behind(null, 1, 1, 1), 1_000);
  expect(turns.of(ROUTE, 2_000)).toBeNull();
});
