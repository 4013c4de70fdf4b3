import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RemoteProbe } from '../../link/probe-link.ts';
import { emptyInterval } from '../../probe/process/gc-observer.ts';
import type { FiguresReading } from '../../probe/readings/figures.ts';
import { aFiguresReading } from '../../probe/testing/figures-reading.ts';
import { type Collector, startCollector } from './collector.ts';
import type { DeliveredPoint } from './point.ts';

const INTERVAL_MS = 10_000;
const FIRST_POINT_MS = 100;
const noPauses = { count: 0, totalNs: 0, maxNs: 0 };

/** Figures that say which read they come from: the n-th has n live tasks. */
function figuresOf(liveTasks: number, majorGc = noPauses): FiguresReading {
  return aFiguresReading({
    gc: { count: 0, lastPauseNs: null, interval: { ...emptyInterval(), major: majorGc } },
    liveTasks,
  });
}

/** An observed thread that answers what the test says, or nothing while it is blocked. */
function observedThread() {
  let blockedUntil: Promise<void> = Promise.resolve();
  let reads = 0;
  let majorGc = noPauses;
  return {
    probe: {
      readFigures: async () => {
        reads += 1;
        const figures = figuresOf(reads, majorGc);
        await blockedUntil;
        return figures;
      },
    } as unknown as RemoteProbe,
    reads: () => reads,
    pauseNext: (pauses: typeof noPauses) => {
      majorGc = pauses;
    },
    block: () => {
      let free = () => {};
      blockedUntil = new Promise((resolve) => {
        free = resolve;
      });
      return free;
    },
  };
}

async function next(points: AsyncGenerator<DeliveredPoint[]>): Promise<DeliveredPoint[]> {
  const { value, done } = await points.next();
  expect(done).toBe(false);
  return value;
}

describe('the collector', () => {
  let thread: ReturnType<typeof observedThread>;
  let collector: Collector;
  const ticks = (count: number) => vi.advanceTimersByTimeAsync(count * INTERVAL_MS);

  beforeEach(async () => {
    vi.useFakeTimers();
    thread = observedThread();
    collector = startCollector(thread.probe, {
      intervalMs: INTERVAL_MS,
      historySize: 3,
      instanceId: 'a',
    });
    await vi.advanceTimersByTimeAsync(FIRST_POINT_MS);
  });

  afterEach(() => {
    collector.stop();
    vi.useRealTimers();
  });

  it('takes the first point after 100 ms and then one an interval, numbered without a gap', async () => {
    expect(collector.history().map((point) => point.sequence)).toEqual([1]);
    await ticks(2);
    expect(collector.history().map((point) => point.sequence)).toEqual([1, 2, 3]);
  });

  it('keeps the newest points up to the history size', async () => {
    await ticks(5);
    expect(collector.history().map((point) => point.sequence)).toEqual([4, 5, 6]);
  });

  it('reads the observed thread once a tick however many subscribers there are', async () => {
    const subscribers = Array.from({ length: 50 }, () => collector.subscribe({}));
    await Promise.all(subscribers.map(next));
    const later = subscribers.map(next);
    await ticks(1);
    expect((await Promise.all(later)).map(([point]) => point?.sequence)).toEqual(Array(50).fill(2));
    expect(thread.reads()).toBe(2);
  });

  it('opens a subscription with the retained window and goes on point by point', async () => {
    await ticks(1);
    const points = collector.subscribe({});
    expect((await next(points)).map((point) => point.sequence)).toEqual([1, 2]);
    const third = next(points);
    await ticks(1);
    expect((await third).map((point) => point.sequence)).toEqual([3]);
  });

  it('resumes after a sequence without a hole or a duplicate', async () => {
    await ticks(2);
    const points = collector.subscribe({ after: 2 });
    expect((await next(points)).map((point) => point.sequence)).toEqual([3]);
  });

  it('gives the whole window for a sequence from before a restart', async () => {
    const points = collector.subscribe({ after: 400 });
    expect((await next(points)).map((point) => point.sequence)).toEqual([1]);
  });

  it('tells a slow reader how many points it lost and gives it the latest', async () => {
    const points = collector.subscribe({});
    await next(points);
    await ticks(6);
    const delivered = await next(points);
    expect(delivered.map((point) => [point.sequence, point.droppedBefore])).toEqual([
      [5, 3],
      [6, 0],
      [7, 0],
    ]);
  });

  it('ends a subscription that waits as soon as its signal fires', async () => {
    const controller = new AbortController();
    const points = collector.subscribe({ signal: controller.signal });
    await next(points);
    const pending = points.next();
    controller.abort();
    expect((await pending).done).toBe(true);
  });

  it('ends every subscription when it stops', async () => {
    const points = collector.subscribe({});
    await next(points);
    const pending = points.next();
    collector.stop();
    expect((await pending).done).toBe(true);
  });

  it('still gives points while the thread is blocked, marked, with the last figures known', async () => {
    const free = thread.block();
    await ticks(1);
    await vi.advanceTimersByTimeAsync(1_000);
    const blocked = collector.history().at(-1)!;
    expect(blocked.isResponding).toBe(false);
    expect(blocked.goroutines).toBe(1);
    expect(blocked.sys).toBeGreaterThan(0);
    free();
    await ticks(1);
    expect(collector.history().at(-1)!.isResponding).toBe(true);
  });

  it('asks a blocked thread once, not once a tick', async () => {
    const free = thread.block();
    await ticks(4);
    expect(thread.reads()).toBe(2);
    free();
  });

  it('marks the beginning and the end of a stall with points of their own, at most two between ticks', async () => {
    collector.markStall();
    collector.markStall();
    collector.markStall();
    await vi.advanceTimersByTimeAsync(0);
    expect(collector.history().map((point) => point.sequence)).toEqual([1, 2, 3]);
    await ticks(1);
    collector.markStall();
    await vi.advanceTimersByTimeAsync(0);
    expect(collector.history().map((point) => point.sequence)).toEqual([3, 4, 5]);
  });

  it('does not take CPU use over the moment between a tick and a mark for that of the interval', async () => {
    await ticks(1);
    const before = collector.history().at(-1)!;
    collector.markStall();
    await vi.advanceTimersByTimeAsync(0);
    expect(collector.history().at(-1)).toMatchObject({
      sequence: 3,
      usagePercent: before.usagePercent,
    });
  });

  it('says how long the loop has been stalled, with figures read by another way', async () => {
    collector.stop();
    const free = thread.block();
    collector = startCollector(thread.probe, {
      intervalMs: INTERVAL_MS,
      historySize: 3,
      instanceId: 'a',
      blockedForMs: () => 1_500,
      readBlocked: async () => figuresOf(77),
    });
    await vi.advanceTimersByTimeAsync(FIRST_POINT_MS + 1);
    expect(collector.history()).toMatchObject([
      { isResponding: false, blockedForMs: 1_500, goroutines: 77 },
    ]);
    free();
  });

  it('counts what happened while the thread was blocked in the point after it', async () => {
    thread.pauseNext({ count: 1, totalNs: 5e6, maxNs: 5e6 });
    const free = thread.block();
    await ticks(1);
    await vi.advanceTimersByTimeAsync(1_000);
    free();
    thread.pauseNext({ count: 2, totalNs: 4e6, maxNs: 3e6 });
    await ticks(1);
    expect(collector.history().at(-1)).toMatchObject({ gcPauseTotalMs: 9, gcPauseMaxMs: 5 });
    expect(collector.gcPauseMs()).toBe(9);
    thread.pauseNext({ count: 1, totalNs: 1e6, maxNs: 1e6 });
    await ticks(1);
    expect(collector.gcPauseMs()).toBe(10);
  });
});
