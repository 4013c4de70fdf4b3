import { expect, it } from 'vitest';
import type { ThreadTime } from '../../../base/thread-time.ts';
import { createPauseBudget } from './pause-budget.ts';

function budgetOf(percent: number) {
  let nowMs = 1_000;
  let thread: ThreadTime | null = null;
  return {
    budget: createPauseBudget(
      percent,
      () => nowMs,
      () => thread,
    ),
    pass(ms: number, time: ThreadTime | null = null) {
      nowMs += ms;
      thread = time;
    },
  };
}

it.each([
  { pauseMs: 10, percent: 2, restMs: 490 },
  { pauseMs: 500, percent: 2, restMs: 24_500 },
  { pauseMs: 30, percent: 50, restMs: 30 },
  { pauseMs: 30, percent: 100, restMs: 0 },
])('rests $restMs ms after a pause of $pauseMs ms under $percent %', (row) => {
  const { budget, pass } = budgetOf(row.percent);
  expect(budget.allows()).toBe(true);
  const end = budget.begin();
  pass(row.pauseMs);
  expect(end()).toEqual({ pauseMs: row.pauseMs, bookedMs: row.pauseMs });
  if (row.restMs > 0) {
    pass(row.restMs - 1);
    expect(budget.allows()).toBe(false);
    pass(1);
  }
  expect(budget.allows()).toBe(true);
});

it.each([
  { what: 'most of which the machine ran others', ranMs: 20, waitedMs: 480, bookedMs: 20 },
  { what: 'in which the thread slept', ranMs: 20, waitedMs: 0, bookedMs: 500 },
])('books $bookedMs ms of a pause of 500 ms $what', ({ ranMs, waitedMs, bookedMs }) => {
  const { budget, pass } = budgetOf(2);
  pass(0, { ranMs: 7_000, waitedMs: 3_000 });
  const end = budget.begin();
  pass(500, { ranMs: 7_000 + ranMs, waitedMs: 3_000 + waitedMs });
  expect(end()).toEqual({ pauseMs: 500, bookedMs });
  expect(budget.restMs()).toBe(bookedMs * 49);
});
