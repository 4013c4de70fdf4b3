import { setTimeout as later } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { DiagnosticsError } from '../../base/errors.ts';
import { createPauseBudget } from '../overhead/pauses/pause-budget.ts';
import type { HeapDriver, HeapNode } from './driver.ts';
import { createHeapSampler, type HeapSampler, type HeapSamplerOptions } from './sampler.ts';

const INTERVAL_BYTES = 1_000;
const HEAP_USED_BYTES = 5_000;

/** V8's sampler without V8: one function, of which `allocatedBytes` were allocated since the start. */
function fakeDriver({ countsAllocations = true } = {}) {
  const state = {
    allocatedBytes: 0,
    startedAtBytes: 0,
    intervals: [] as number[],
    isRunning: false,
    reads: 0,
    pause: () => {},
  };
  const driver: HeapDriver = {
    countsAllocations,
    start(intervalBytes) {
      state.intervals.push(intervalBytes);
      state.startedAtBytes = state.allocatedBytes;
      state.isRunning = true;
    },
    stop() {
      state.isRunning = false;
    },
    readTree(use) {
      if (!state.isRunning) throw new Error('Heap profiler is not enabled.');
      state.reads += 1;
      state.pause();
      return use(treeOf(state.allocatedBytes - state.startedAtBytes));
    },
    isRunning: () => state.isRunning,
    heapUsedBytes: () => HEAP_USED_BYTES,
    allocatedBytes: () => state.allocatedBytes,
  };
  return { state, openDriver: () => driver };
}

function treeOf(allocSpaceBytes: number): HeapNode {
  const place = { scriptName: '/app/app.js', scriptId: 1, lineNumber: 1, columnNumber: 1 };
  const allocations = [{ allocObjects: 1, allocSpaceBytes, inuseObjects: 0, inuseSpaceBytes: 0 }];
  const work = { ...place, name: 'work', allocations, children: [] };
  return { ...place, name: '(root)', allocations: [], children: [work] };
}

describe('the heap sampler', () => {
  const samplers: HeapSampler[] = [];
  afterEach(() => {
    for (const sampler of samplers.splice(0)) sampler.stop();
  });

  function create(options: Partial<HeapSamplerOptions>): HeapSampler {
    const sampler = createHeapSampler({
      samplingIntervalBytes: INTERVAL_BYTES,
      pauseBudgetPercent: 2,
      ...options,
    });
    samplers.push(sampler);
    return sampler;
  }

  it('serves the last reading until the pause budget allows the next', async () => {
    let nowMs = 0;
    const { state, openDriver } = fakeDriver();
    state.pause = () => {
      nowMs += 10;
    };
    const clock = () => nowMs;
    const budget = createPauseBudget(2, clock, () => null);
    const sampler = create({ openDriver, nowMs: clock, budget });
    const first = await sampler.read();
    expect(first.pauseMs).toBe(10);
    nowMs += 489;
    expect((await sampler.read()).collectedAtMs).toBe(first.collectedAtMs);
    expect(state.reads).toBe(1);
    nowMs += 1;
    await sampler.read();
    expect(state.reads).toBe(2);
  });

  it('lets concurrent callers share one read', async () => {
    const { state, openDriver } = fakeDriver();
    const sampler = create({ openDriver });
    const [a, b] = await Promise.all([sampler.read(), sampler.read()]);
    expect(a.collectedAtMs).toBe(b.collectedAtMs);
    expect(state.reads).toBe(1);
  });

  it('tells with each answer when it may be read again, whatever has spent the pause budget', async () => {
    let nowMs = 0;
    const { openDriver } = fakeDriver();
    const budget = createPauseBudget(
      2,
      () => nowMs,
      () => null,
    );
    const sampler = create({ openDriver, nowMs: () => nowMs, budget });
    const restMs = async () => (await sampler.read()).nextReadAtMs - Date.now();
    expect(await restMs()).toBeLessThanOrEqual(0);
    const endExactRead = budget.begin();
    nowMs += 1_000;
    endExactRead();
    expect(await restMs()).toBeGreaterThan(40_000);
    nowMs += 48_000;
    const leftMs = await restMs();
    expect(leftMs).toBeGreaterThan(-1_000);
    expect(leftMs).toBeLessThanOrEqual(1_000);
  });

  it('is not to be read again before an allocation profile gives the sampler back', async () => {
    const { state, openDriver } = fakeDriver();
    state.allocatedBytes = 50 * INTERVAL_BYTES;
    const sampler = create({ openDriver, pauseBudgetPercent: 100 });
    const giveBack = sampler.suspend();
    expect((await sampler.read()).nextReadAtMs).toBeGreaterThan(Date.now());
    giveBack();
    expect((await sampler.read()).nextReadAtMs).toBeLessThanOrEqual(Date.now());
  });

  it('calls beforeForcedGc before the read, and reads on if that fails', async () => {
    const { state, openDriver } = fakeDriver();
    const readsBefore: number[] = [];
    const beforeForcedGc = async () => {
      readsBefore.push(state.reads);
      throw new Error('sweeping failed');
    };
    await create({ openDriver, beforeForcedGc }).read();
    expect(readsBefore).toEqual([0]);
    expect(state.reads).toBe(1);
  });

  it('forces no collection, and announces none, where only live objects are counted', async () => {
    const { openDriver } = fakeDriver({ countsAllocations: false });
    const beforeForcedGc = vi.fn(async () => {});
    const sampler = create({ openDriver, beforeForcedGc });
    expect((await sampler.read()).cumulative).toBe(false);
    expect(beforeForcedGc).not.toHaveBeenCalled();
    expect(sampler.availability()).toEqual({
      inuse: null,
      cumulative: expect.stringContaining('Node 26'),
    });
  });

  it('restarts with a coarser interval when full, up to a limit, and never loses a byte', async () => {
    let nowMs = 0;
    const { state, openDriver } = fakeDriver();
    const sampler = create({ openDriver, maxSamples: 100, nowMs: () => nowMs });
    for (let round = 1; round <= 12; round++) {
      state.allocatedBytes += 200 * INTERVAL_BYTES;
      nowMs += 1_000;
      const allocSpaceBytes = (await sampler.read()).values[1];
      // Objects as large as these stand for hardly more than themselves.
      expect(allocSpaceBytes! / state.allocatedBytes).toBeCloseTo(1, 6);
    }
    expect(state.intervals).toEqual([1_000, 2_000, 4_000, 8_000, 8_000, 8_000]);
  });

  it('restarts when full although nobody reads', async () => {
    const { state, openDriver } = fakeDriver();
    create({ openDriver, maxSamples: 10, checkIntervalMs: 5 });
    await later(30);
    expect(state.reads).toBe(0);
    state.allocatedBytes = 10 * INTERVAL_BYTES;
    await expect.poll(() => state.intervals).toEqual([1_000, 2_000]);
  });

  it('says why it cannot sample, and rejects reads with that reason', async () => {
    const reason = 'another tool is already using the heap sampler';
    const sampler = create({
      openDriver: () => {
        throw new DiagnosticsError('UNAVAILABLE', reason);
      },
    });
    expect(sampler.availability()).toEqual({ inuse: reason, cumulative: reason });
    await expect(sampler.read()).rejects.toMatchObject({ code: 'UNAVAILABLE', message: reason });
  });

  it('becomes unavailable when another tool stops the sampling', async () => {
    const { state, openDriver } = fakeDriver();
    const sampler = create({ openDriver });
    state.isRunning = false;
    await expect(sampler.read()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(sampler.availability().inuse).toMatch(/another tool may have stopped it/);
  });

  it('reads on after a read that failed while the sampler ran on', async () => {
    const { state, openDriver } = fakeDriver();
    const sampler = create({ openDriver });
    state.pause = () => {
      throw new Error('Array.prototype.map was replaced');
    };
    await expect(sampler.read()).rejects.toThrow('was replaced');
    state.pause = () => {};
    await expect(sampler.read()).resolves.toMatchObject({ rotations: 0 });
    expect(sampler.availability().inuse).toBeNull();
  });

  it('stops once, and stays readable as stopped', async () => {
    const { state, openDriver } = fakeDriver();
    const sampler = create({ openDriver });
    sampler.stop();
    sampler.stop();
    expect(state.isRunning).toBe(false);
    await expect(sampler.read()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });
});
