import { describe, expect, it } from 'vitest';
import { createSweepSchedule } from './sweep-schedule.ts';

describe('the sweep schedule', () => {
  function scheduled() {
    const clock = { ms: 1_000 };
    const schedule = createSweepSchedule({ budgetPercent: 1, nowMs: () => clock.ms });
    const dueAfterMs = () => {
      const fromMs = clock.ms;
      while (!schedule.isDue()) clock.ms += 10;
      return clock.ms - fromMs;
    };
    return { clock, schedule, dueAfterMs };
  }

  it('is every two seconds while no request has new tasks', () => {
    const { schedule, dueAfterMs } = scheduled();
    expect(dueAfterMs()).toBe(2_000);
    schedule.noteSweep(1);
    expect(dueAfterMs()).toBe(2_000);
  });

  it('is a quarter of a second after the first new task of a request', () => {
    const { clock, schedule, dueAfterMs } = scheduled();
    schedule.noteRequestTask();
    clock.ms += 100;
    schedule.noteRequestTask();
    expect(dueAfterMs()).toBe(150);
    schedule.noteSweep(1);
    expect(dueAfterMs()).toBe(2_000);
  });

  it('is as much later as the last sweep was expensive', () => {
    const { schedule, dueAfterMs } = scheduled();
    schedule.noteSweep(40);
    schedule.noteRequestTask();
    expect(dueAfterMs()).toBe(4_000);
  });
});
