import { describe, expect, it, vi } from 'vitest';
import { sight } from './testing/sights.ts';
import { beat, beBusy, clock, cpu, PERIOD_MS, pass, watched } from './testing/watched-thread.ts';

describe('time that the stall watch has not seen', () => {
  it('does not blame the program for time in which nobody ran', async () => {
    clock.nowMs += 60_000;
    await vi.advanceTimersByTimeAsync(PERIOD_MS);
    await pass(500, { isBlocked: true });
    expect(watched.watch.stalls()).toEqual([]);
    await pass(500);
    expect(watched.watch.stalls()).toEqual([]);
  });

  it('does not blame it either where it turned again before the watch woke', async () => {
    clock.nowMs += 60_000;
    beat();
    clock.nowMs += 10;
    await vi.advanceTimersByTimeAsync(PERIOD_MS);
    await pass(500);
    expect(watched.watch.stalls()).toEqual([]);
  });

  it('does not blame a busy program for the time in which it was stopped', async () => {
    await pass(1_000);
    cpu.usedMs += PERIOD_MS;
    clock.nowMs += 4_000;
    await vi.advanceTimersByTimeAsync(PERIOD_MS);
    await pass(500);
    expect(watched.watch.stalls()).toEqual([]);
  });

  it('sees a stall that began while the watching thread was busy itself', async () => {
    await beBusy(2_000, { isBlocked: true });
    await vi.advanceTimersByTimeAsync(PERIOD_MS);
    expect(watched.watch.status().blockedForMs).toBe(2_000);
    watched.looks[0]!.answer(sight());
    await pass(1_000, { isBlocked: true });
    await pass(500);
    expect(watched.watch.stalls()).toMatchObject([
      { durationMs: 3_250, state: 'RUNNING_JAVASCRIPT' },
    ]);
  });

  it('tells the whole time of a stall that ended while the watching thread was busy', async () => {
    await pass(1_250, { isBlocked: true });
    watched.looks[0]!.answer(sight());
    await beBusy(1_000, { isBlocked: true });
    await beBusy(2_000, { isBlocked: false });
    await vi.advanceTimersByTimeAsync(PERIOD_MS);
    expect(watched.watch.stalls()).toMatchObject([
      { durationMs: 2_500, state: 'RUNNING_JAVASCRIPT' },
    ]);
  });

  it('takes only what lies before the new turn for time in which nobody ran', async () => {
    await pass(1_250, { isBlocked: true });
    watched.looks[0]!.answer(sight());
    clock.nowMs += 500;
    beat();
    clock.nowMs += 60_000;
    await vi.advanceTimersByTimeAsync(PERIOD_MS);
    expect(watched.watch.stalls()).toMatchObject([{ durationMs: 1_500 }]);
  });

  it('records a stall that nobody could look at, once', async () => {
    const told: string[] = [];
    watched.watch.onEnd(() => told.push(watched.watch.status().state));
    await beBusy(500, { isBlocked: false });
    await beBusy(2_750, { isBlocked: true });
    await beBusy(500, { isBlocked: false });
    const missed = {
      id: '1',
      startedAtMs: Date.now() - 3_250,
      durationMs: 3_000,
      state: 'UNKNOWN',
      looks: 0,
      stacks: [],
      sentence:
        'Was blocked for 3.0 s by something unknown: it was over before pprofql could look.',
    };
    expect(watched.watch.stalls()).toEqual([expect.objectContaining(missed)]);
    await pass(500);
    expect(watched.watch.stalls()).toHaveLength(1);
    expect(told).toEqual(['RESPONSIVE']);
  });

  it('records every stall that was over before a busy watch could look, each with its own time', async () => {
    await beBusy(3_000, { isBlocked: true });
    await beBusy(500, { isBlocked: false });
    await beBusy(750, { isBlocked: true });
    await beBusy(500, { isBlocked: false });
    await beBusy(1_250, { isBlocked: true });
    await beBusy(250, { isBlocked: false });
    await vi.advanceTimersByTimeAsync(PERIOD_MS);
    expect(watched.watch.stalls()).toMatchObject([
      {
        durationMs: 1_500,
        looks: 0,
        sentence: expect.stringContaining('before pprofql could look'),
      },
      {
        durationMs: 3_250,
        looks: 0,
        sentence: expect.stringContaining('before pprofql could look'),
      },
    ]);
  });

  it('ends a stall at its own end, though another has followed unseen', async () => {
    await pass(1_250, { isBlocked: true });
    watched.looks[0]!.answer(sight());
    await beBusy(250, { isBlocked: true });
    await beBusy(5_000, { isBlocked: false });
    await beBusy(1_750, { isBlocked: true });
    await beBusy(250, { isBlocked: false });
    await vi.advanceTimersByTimeAsync(PERIOD_MS);
    expect(watched.watch.stalls()).toMatchObject([
      { durationMs: 2_000, state: 'UNKNOWN' },
      { durationMs: 1_750, state: 'RUNNING_JAVASCRIPT' },
    ]);
  });
});
