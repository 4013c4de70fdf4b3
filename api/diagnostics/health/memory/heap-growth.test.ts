import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DiagnosticsError } from '../../../base/errors.ts';
import { pointsEvery } from '../../../health/testing/evidence.ts';
import { aFiguresReading } from '../../../probe/testing/figures-reading.ts';
import type { HeapProfileSnapshot } from '../../heap/types.ts';
import { createHeapGrowth } from './heap-growth.ts';

const MB = 1e6;

/** A program whose heap a test decides; each read of it collects garbage, as on Node 26, or none does. */
function aProgram(
  atFirst = 20 * MB,
  { readsCollect = true, readSpendsBudget = false, collectionSpendsMs = 0 } = {},
) {
  let bytes = atFirst;
  let collectedAtMs = 0;
  let isBudgetSpent = false;
  let garbage = 0;
  let lastRead: HeapProfileSnapshot | null = null;
  let noReadUntilMs = 0;
  const levels: number[] = [];
  const asked = { reads: 0, looks: 0, collections: 0 };

  const figures = () =>
    aFiguresReading({
      memory: { heapUsedBytes: bytes },
      leftByCollection:
        collectedAtMs === 0 ? null : { atMs: collectedAtMs, oldSpaceUsedBytes: bytes },
    });
  const heap = createHeapGrowth({
    lastFigures: figures,
    readFigures: async () => figures(),
    async readHeap() {
      asked.reads += 1;
      if (lastRead !== null && Date.now() < noReadUntilMs) return lastRead;
      isBudgetSpent = readSpendsBudget;
      if (readsCollect) collectedAtMs = Date.now();
      garbage = 0;
      lastRead = {
        collectedAtMs: Date.now(),
        profile: {
          sampleTypes: [{ type: 'inuse_space', unit: 'bytes' }],
          frames: [{ function: 'search', file: '/app/search.js', path: 'search.js', line: 4 }],
          samples: [{ stack: [0], values: [bytes] }],
        },
      } as unknown as HeapProfileSnapshot;
      return lastRead;
    },
    async collectGarbage() {
      if (isBudgetSpent) {
        isBudgetSpent = false;
        throw new DiagnosticsError('PAUSE_BUDGET_SPENT', 'later', { retryAfterMs: 5 });
      }
      asked.collections += 1;
      collectedAtMs = Date.now();
      noReadUntilMs = Date.now() + collectionSpendsMs;
    },
    async readKept() {
      asked.looks += 1;
      return { takenAtMs: Date.now(), listeners: [], promises: [], stacks: [], sockets: 0 };
    },
  });
  return {
    asked,
    heap,
    collect() {
      collectedAtMs = Date.now();
      garbage = 0;
    },
    /** Ten seconds later, with so much more in the old space, and so much more there that the next collection frees. */
    async point(grown: number, moreGarbage = 0) {
      await vi.advanceTimersByTimeAsync(10_000);
      bytes += grown;
      garbage += moreGarbage;
      levels.push(bytes + garbage);
      const points = pointsEvery(
        10_000,
        levels.map((oldSpaceUsed) => ({ oldSpaceUsed })),
      ).map((point, at) => ({
        ...point,
        timestampMs: Date.now() - 10_000 * (levels.length - 1 - at),
      }));
      await heap.suspect({ points });
    },
  };
}

describe('who makes the heap grow', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('is asked by no read and no collection while nothing is suspected, not even by those who ask for health', async () => {
    const { asked, heap, point } = aProgram();
    for (let count = 0; count < 30; count += 1) {
      await point(0);
      await heap.refresh();
    }
    expect(asked).toMatchObject({ reads: 0, collections: 0 });
  });

  it('is known some looks after the heap began to rise, with nobody asking', async () => {
    const { heap, point } = aProgram();
    for (let count = 0; count < 7; count += 1) await point(6 * MB);
    const { heap: kept, growth } = heap.evidence();
    expect(kept!.left.length).toBeGreaterThanOrEqual(3);
    expect(growth[0]!.frames[0]!.function).toBe('search');
    // Read as soon as the second collection has left more than the first.
    expect(growth[0]!.grownBytes).toBe(kept!.left.at(-1)!.bytes - kept!.left[1]!.bytes);
  });

  it('is asked by one collection where a heap rises by garbage alone, if an earlier one is known, and then ever more seldom', async () => {
    const { asked, heap, collect, point } = aProgram();
    await point(0);
    collect();
    for (let count = 0; count < 4; count += 1) await point(0, 0.6 * MB);
    expect(asked).toMatchObject({ collections: 1, reads: 0 });
    for (let count = 0; count < 60; count += 1) await point(0, 0.6 * MB);
    expect(asked.collections).toBeLessThanOrEqual(5);
    expect(asked.reads).toBe(0);
    for (let count = 0; count < 40; count += 1) await point(1.5 * MB);
    expect(heap.evidence().growth[0]!.frames[0]!.function).toBe('search');
  });

  it('is asked for once three collections of V8 leave ever more, however much a suspicion that came to nothing has it wait', async () => {
    const { asked, collect, point } = aProgram();
    await point(0);
    collect();
    for (let count = 0; count < 60; count += 1) await point(0, 0.6 * MB);
    const { reads } = asked;
    for (let count = 0; count < 9; count += 1) {
      await point(0.4 * MB);
      if (count % 3 === 0) collect();
    }
    await point(0);
    expect(asked.reads).toBeGreaterThan(reads);
  });

  it('is known where neither a read nor V8 collects garbage, and where a read has spent the pause budget', async () => {
    for (const readSpendsBudget of [false, true]) {
      const { heap, point } = aProgram(20 * MB, { readsCollect: false, readSpendsBudget });
      for (let count = 0; count < 7; count += 1) await point(6 * MB);
      expect(heap.evidence().heap!.left.length).toBeGreaterThanOrEqual(3);
    }
  });

  it('is known in time where each collection spends the pause budget, so that the last read comes again', async () => {
    const { asked, heap, point } = aProgram(20 * MB, {
      readsCollect: false,
      collectionSpendsMs: 8_000,
    });
    for (let count = 0; count < 9; count += 1) {
      await point(6 * MB);
      for (let seconds = 0; seconds < 8; seconds += 2) {
        await vi.advanceTimersByTimeAsync(2_000);
        await heap.refresh();
      }
    }
    expect(heap.evidence().growth[0]!.frames[0]!.function).toBe('search');
    expect(asked.reads).toBeLessThanOrEqual(30);
  });

  it('is looked at less often once it is known for long', async () => {
    const { asked, point } = aProgram();
    for (let count = 0; count < 60; count += 1) await point(6 * MB);
    expect(asked.reads).toBeLessThanOrEqual(16);
    expect(asked.looks).toBeLessThanOrEqual(40);
  });

  it('is read for a large heap only once three collections have left ever more', async () => {
    const { asked, heap, point } = aProgram(400 * MB);
    for (let count = 0; count < 7; count += 1) await point(0, 6 * MB);
    expect(asked).toMatchObject({ reads: 0 });
    for (let count = 0; count < 12; count += 1) await point(15 * MB);
    expect(heap.evidence().growth[0]!.frames[0]!.function).toBe('search');
    expect(asked.reads).toBeLessThan(asked.collections);
  });

  it('is told from where the heap fell to, if something large was let go of meanwhile', async () => {
    const { heap, point } = aProgram();
    for (let count = 0; count < 5; count += 1) await point(2 * MB);
    await point(-9 * MB);
    for (let count = 0; count < 6; count += 1) await point(1 * MB);
    const left = heap.evidence().heap!.left.map(({ bytes }) => bytes / MB);
    expect(left.length).toBeGreaterThanOrEqual(3);
    expect(left.at(-1)! - left[0]!).toBeGreaterThanOrEqual(4);
    expect(Math.min(...left)).toBe(left[0]);
  });

  it('is told from the beginning where the heap is filled and emptied, but never below what it was at first', async () => {
    const { heap, point } = aProgram();
    for (let count = 0; count < 4; count += 1) await point(4 * MB);
    const [first] = heap.evidence().heap!.left;
    await point(-3 * MB);
    for (let count = 0; count < 3; count += 1) await point(4 * MB);
    expect(heap.evidence().heap!.left[0]).toEqual(first);
  });

  it('is left alone again when the heap has stopped to grow, and needs more the next time', async () => {
    const { asked, heap, point } = aProgram();
    const stepUp = async () => {
      for (let count = 0; count < 3; count += 1) await point(0);
      for (let count = 0; count < 5; count += 1) await point(0.35 * MB);
      for (let count = 0; count < 12; count += 1) await point(0);
    };
    await stepUp();
    const { collections } = asked;
    expect(collections).toBeGreaterThan(0);
    expect(heap.evidence().heap).toEqual({ left: [], promises: [] });
    await stepUp();
    expect(asked.collections).toBe(collections);
  });
});
