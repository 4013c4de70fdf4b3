import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { FiguresReading } from '../../../probe/readings/figures.ts';
import { MB } from '../../../targets/testing/black-box.ts';
import { watchHeapLimit } from './heap-limit.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const figuresOf = (oldSpaceMb: number, rssMb: number): FiguresReading => {
  const memory = {
    oldSpaceUsedBytes: oldSpaceMb * MB,
    rssBytes: rssMb * MB,
    heapLimitBytes: 100 * MB,
  };
  return { takenAtMs: Date.now(), memory } as FiguresReading;
};

/** A process that has 60 MB, of which 5 MB are on its heap. */
function watched(readFigures: () => Promise<FiguresReading>) {
  const program = { rssMb: 60, written: 0 };
  const watch = watchHeapLimit({
    lastFigures: () => null,
    firstFigures: figuresOf(5, 60),
    readFigures,
    readHeap: async () => {},
    onNear: () => {
      program.written += 1;
    },
    isWanted: () => true,
    rssBytes: () => program.rssMb * MB,
    now: Date.now,
  });
  const grow = async (mb: number, ms: number) => {
    program.rssMb += mb;
    await vi.advanceTimersByTimeAsync(ms);
  };
  return { program, watch, grow };
}

it('writes down what a thread that does not answer will fill before the next look', async () => {
  const { program, watch, grow } = watched(() => new Promise(() => {}));
  await grow(0, 250);
  expect(watch.guessedBytes()).toBeNull();
  await grow(40, 250);
  await grow(8, 50);
  expect(watch.guessedBytes()).toBeGreaterThan(90 * MB);
  expect(program.written).toBe(1);
  watch.stop();
});

it('guesses nothing of a thread that answers', async () => {
  const { program, watch, grow } = watched(async () => figuresOf(6, program.rssMb));
  for (let second = 0; second < 4; second += 1) await grow(90, 250);
  expect(watch.guessedBytes()).toBeNull();
  expect(watch.figures()?.memory.oldSpaceUsedBytes).toBe(6 * MB);
  // What was written before it answered is taken back at once.
  expect(program.written % 2).toBe(0);
  watch.stop();
});

it('does not take the last known figures of a thread for an answer', async () => {
  const old = figuresOf(5, 60);
  const { watch, grow } = watched(async () => old);
  await grow(45, 250);
  await grow(45, 250);
  await grow(5, 50);
  expect(watch.guessedBytes()).toBeGreaterThan(90 * MB);
  watch.stop();
});

it('guesses nothing where the process grows further than a heap can', async () => {
  const { watch, grow } = watched(() => new Promise(() => {}));
  await grow(90, 250);
  await grow(0, 50);
  expect(watch.guessedBytes()).not.toBeNull();
  await grow(400, 250);
  expect(watch.guessedBytes()).toBeNull();
  watch.stop();
});

it('looks more often at a heap that is filled within a quarter of a second', async () => {
  const { program, watch, grow } = watched(() => new Promise(() => {}));
  await grow(0, 125);
  await grow(40, 125);
  await grow(40, 50);
  expect(program.written).toBe(1);
  watch.stop();
});

it('looks again soon where the heap grows steeply', async () => {
  const { program, watch, grow } = watched(async () => figuresOf(6, program.rssMb));
  await grow(0, 125);
  // Less than would be suspected.
  await grow(20, 125);
  await grow(90, 50);
  expect(program.written).toBeGreaterThan(0);
  watch.stop();
});
