import { expect, it } from 'vitest';
import type { DiagnosticsError } from '../../../base/errors.ts';
import { createHeapWalk } from './heap-walk.ts';
import { createPauseBudget } from './pause-budget.ts';

function walkOf({ percent = 2, heapUsedBytes = 10_000_000 } = {}) {
  let nowMs = 0;
  const pauses: number[] = [];
  const walk = createHeapWalk({
    budget: createPauseBudget(
      percent,
      () => nowMs,
      () => null,
    ),
    pauseBudgetPercent: percent,
    heapUsedBytes: () => heapUsedBytes,
    onPause: (pauseMs) => pauses.push(pauseMs),
  });
  const pass = (ms: number) => {
    nowMs += ms;
  };
  const refusal = (): DiagnosticsError => {
    try {
      walk.run(() => {});
    } catch (error) {
      return error as DiagnosticsError;
    }
    throw new Error('it was allowed');
  };
  return { walk, pass, pauses, refusal };
}

it('is guessed to last the longer the larger the heap is, and then as long as it did', () => {
  const { walk, pass } = walkOf();
  expect(walk.estimatedPauseMs()).toBe(130);
  expect(walkOf({ heapUsedBytes: 0 }).walk.estimatedPauseMs()).toBe(50);
  expect(walk.run(() => pass(260))).toEqual({ found: undefined, pauseMs: 260 });
  expect(walk.estimatedPauseMs()).toBe(260);
});

it('is refused until the budget has recovered from the last pause, and says for how long', () => {
  const { walk, pass, pauses, refusal } = walkOf();
  walk.run(() => pass(100));
  expect(pauses).toEqual([100]);
  expect(refusal()).toMatchObject({
    code: 'PAUSE_BUDGET_SPENT',
    estimatedPauseMs: 100,
    retryAfterMs: 4_900,
  });
  pass(4_900);
  expect(walk.run(() => 7).found).toBe(7);
});

it('is refused where the budget would be spent for more than ten minutes', () => {
  expect(walkOf({ percent: 0.01 }).refusal()).toMatchObject({
    code: 'PAUSE_BUDGET_SPENT',
    estimatedPauseMs: 130,
    retryAfterMs: undefined,
  });
});

it('is booked alike where the thread does it later, as a task of its own', async () => {
  const { walk, pass, pauses, refusal } = walkOf();
  const later = walk.runSoon(async () => {
    await null;
    pass(40);
    return null;
  });
  expect(await later).toEqual({ pauseMs: 40 });
  expect(pauses).toEqual([40]);
  expect(refusal().retryAfterMs).toBe(1_960);
  await expect(walk.runSoon(async () => null)).rejects.toMatchObject({
    code: 'PAUSE_BUDGET_SPENT',
  });
});

it('is booked for as long as it is known to have stopped the program, where that ran on meanwhile', async () => {
  const { walk, pass, pauses, refusal } = walkOf();
  const later = walk.runSoon(async () => {
    await null;
    pass(40);
    return 4;
  });
  expect(await later).toEqual({ pauseMs: 4 });
  expect(pauses).toEqual([4]);
  expect(refusal().retryAfterMs).toBe(196);
});

it('is booked also where it fails', () => {
  const { walk, pass, refusal } = walkOf();
  const failing = () => {
    pass(10);
    throw new Error('no inspector');
  };
  expect(() => walk.run(failing)).toThrow('no inspector');
  expect(refusal().retryAfterMs).toBe(490);
});
