import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type LastAnswerOptions, lastAnswer } from './last-answer.ts';

const DEADLINE_MS = 1_000;
/** Of the first answer. */
const FIRST_PATIENCE_MS = 5_000;

interface Reading {
  takenAtMs: number;
}

/** A thread that answers each read when the test says so. */
function thread(whenBlocked: Partial<LastAnswerOptions<Reading>> = {}) {
  const waiting: ((reading: Reading) => void)[] = [];
  const ask = lastAnswer<Reading>({
    read: () => new Promise((resolve) => waiting.push(resolve)),
    via: 'PORT',
    takenAtMs: (reading) => reading.takenAtMs,
    deadlineMs: DEADLINE_MS,
    ...whenBlocked,
  });
  const answer = (takenAtMs: number) => waiting.shift()?.({ takenAtMs });
  return { ask, answer, reads: () => waiting.length };
}

describe('the last answer of the observed thread', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it('is the fresh one while the thread answers, and says how it came', async () => {
    const { ask, answer } = thread();
    const asked = ask();
    answer(5);
    expect(await asked).toEqual({
      value: { takenAtMs: 5 },
      observation: { via: 'PORT', measuredAtMs: 5 },
    });
  });

  it('is shared by everybody who asks at the same time', async () => {
    const { ask, answer, reads } = thread();
    const asked = Array.from({ length: 20 }, () => ask());
    expect(reads()).toBe(1);
    answer(5);
    expect(new Set((await Promise.all(asked)).map(({ value }) => value)).size).toBe(1);
  });

  it('is the one before when the thread stays silent past the deadline', async () => {
    const { ask, answer } = thread();
    const first = ask();
    answer(5);
    await first;
    const second = ask();
    await vi.advanceTimersByTimeAsync(DEADLINE_MS);
    expect((await second).observation).toEqual({ via: 'LAST_KNOWN', measuredAtMs: 5 });
  });

  it('is not waited for again while a read is overdue', async () => {
    const { ask, answer, reads } = thread();
    const first = ask();
    answer(5);
    await first;
    const overdue = ask();
    await vi.advanceTimersByTimeAsync(DEADLINE_MS);
    await overdue;
    const third = ask();
    await vi.advanceTimersByTimeAsync(0);
    expect((await third).observation.via).toBe('LAST_KNOWN');
    expect(reads()).toBe(1);
  });

  it('is waited for again once the thread is free, so that it is not from before', async () => {
    let isBlocked = false;
    let free = () => {};
    const { ask, answer, reads } = thread({
      isBlocked: () => isBlocked,
      onFree: (listener) => {
        free = listener;
        return () => {};
      },
    });
    const first = ask();
    answer(5);
    await first;
    isBlocked = true;
    const during = ask();
    await vi.advanceTimersByTimeAsync(0);
    expect((await during).observation).toEqual({ via: 'LAST_KNOWN', measuredAtMs: 5 });
    isBlocked = false;
    free();
    const after = ask();
    await vi.advanceTimersByTimeAsync(DEADLINE_MS / 2);
    expect(reads()).toBe(1);
    answer(9);
    expect((await after).observation).toEqual({ via: 'PORT', measuredAtMs: 9 });
  });

  it('is fresh again once the thread has answered late', async () => {
    const { ask, answer } = thread();
    const late = expect(ask()).rejects.toMatchObject({ code: 'PROCESS_NOT_RESPONDING' });
    await vi.advanceTimersByTimeAsync(FIRST_PATIENCE_MS);
    await late;
    answer(7);
    await vi.advanceTimersByTimeAsync(0);
    const asked = ask();
    answer(9);
    expect((await asked).observation).toEqual({ via: 'PORT', measuredAtMs: 9 });
  });

  it('is an error with a code when the thread never answered', async () => {
    const { ask } = thread();
    const asked = expect(ask()).rejects.toMatchObject({ code: 'PROCESS_NOT_RESPONDING' });
    await vi.advanceTimersByTimeAsync(FIRST_PATIENCE_MS);
    await asked;
  });

  it('is waited for longer where there is none yet, and once', async () => {
    const { ask, answer } = thread({ isBlocked: () => true });
    const first = ask();
    await vi.advanceTimersByTimeAsync(FIRST_PATIENCE_MS - 1);
    answer(5);
    expect((await first).observation).toEqual({ via: 'PORT', measuredAtMs: 5 });

    const silent = thread({ isBlocked: () => true });
    const second = expect(silent.ask()).rejects.toThrow('gave no figures before');
    await vi.advanceTimersByTimeAsync(FIRST_PATIENCE_MS);
    await second;
    const third = expect(silent.ask()).rejects.toThrow('gave no figures before');
    await vi.advanceTimersByTimeAsync(DEADLINE_MS);
    await third;
  });

  it('is waited for longer still while a read of our own holds the thread', async () => {
    let tell = () => {};
    const { ask, answer } = thread({
      isBlocked: () => false,
      onBlocked: (listener) => {
        tell = listener;
        return () => {};
      },
      isInOwnRead: () => true,
    });
    const first = ask();
    tell();
    await vi.advanceTimersByTimeAsync(2 * FIRST_PATIENCE_MS);
    const overdue = ask();
    await vi.advanceTimersByTimeAsync(2 * FIRST_PATIENCE_MS);
    answer(9);
    expect((await first).observation).toEqual({ via: 'PORT', measuredAtMs: 9 });
    expect(await overdue).toEqual(await first);
  });

  it.each([
    ['turned', false, 'answered'],
    ['was blocked already', true, 'refused'],
  ])('that is read where the loop %s as it was asked for is %s', async (_, isBlocked, outcome) => {
    const { ask, answer } = thread({ isBlocked: () => isBlocked, isReading: () => true });
    const first = ask().then(
      () => 'answered',
      () => 'refused',
    );
    await vi.advanceTimersByTimeAsync(2 * FIRST_PATIENCE_MS);
    answer(9);
    expect(await first).toBe(outcome);
  });

  it('is not waited for beyond a read of our own where there is one', async () => {
    const { ask, answer } = thread({ isInOwnRead: () => true });
    const first = ask();
    answer(5);
    await first;
    const second = ask();
    await vi.advanceTimersByTimeAsync(DEADLINE_MS);
    expect((await second).observation.via).toBe('LAST_KNOWN');
  });

  it('is an error where a read of our own seems to hold the thread for good', async () => {
    const { ask } = thread({ isInOwnRead: () => true });
    const asked = expect(ask()).rejects.toMatchObject({ code: 'PROCESS_NOT_RESPONDING' });
    await vi.advanceTimersByTimeAsync(60 * DEADLINE_MS);
    await asked;
  });

  it('comes by another way at once while the thread is known to be blocked', async () => {
    const { ask } = thread({ isBlocked: () => true, readBlocked: async () => ({ takenAtMs: 8 }) });
    const asked = ask();
    await vi.advanceTimersByTimeAsync(0);
    expect((await asked).observation).toEqual({ via: 'INSPECTOR', measuredAtMs: 8 });
  });

  it('is not waited for any longer once the thread is found to be blocked', async () => {
    let tell = () => {};
    const { ask } = thread({
      onBlocked: (listener) => {
        tell = listener;
        return () => {};
      },
      lastKnown: () => ({ takenAtMs: 3 }),
    });
    const asked = ask();
    tell();
    expect((await asked).observation).toEqual({ via: 'LAST_KNOWN', measuredAtMs: 3 });
  });

  it('is the last known one where the other way fails too', async () => {
    const { ask } = thread({
      readBlocked: async () => {
        throw new Error('no answer there either');
      },
      lastKnown: () => ({ takenAtMs: 3 }),
    });
    const asked = ask();
    await vi.advanceTimersByTimeAsync(DEADLINE_MS);
    expect((await asked).observation.via).toBe('LAST_KNOWN');
  });
});
