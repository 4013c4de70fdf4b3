import { expect, it } from 'vitest';
import { createPauseBudget } from './pause-budget.ts';

it.each([
  { pauseMs: 10, percent: 2, restMs: 490 },
  { pauseMs: 500, percent: 2, restMs: 24_500 },
  { pauseMs: 30, percent: 50, restMs: 30 },
  { pauseMs: 30, percent: 100, restMs: 0 },
])('rests $restMs ms after a pause of $pauseMs ms under $percent %', (row) => {
  let nowMs = 1_000;
  const budget = createPauseBudget(row.percent, () => nowMs);
  expect(budget.allows()).toBe(true);
  budget.spend(row.pauseMs);
  if (row.restMs > 0) {
    nowMs += row.restMs - 1;
    expect(budget.allows()).toBe(false);
    nowMs += 1;
  }
  expect(budget.allows()).toBe(true);
});
