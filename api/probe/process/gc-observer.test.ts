import { afterEach, describe, expect, it, vi } from 'vitest';
import { type GcObserver, startGcObserver } from './gc-observer.ts';
import { createMemoryMeter } from './memory.ts';

/** Enough garbage for several collections of the young generation. */
function makeGarbage(): unknown {
  let last: unknown;
  for (let round = 0; round < 1_000_000; round++) last = { round, next: [round] };
  return last;
}

describe('the observer of garbage collections', () => {
  const observers: GcObserver[] = [];
  afterEach(() => {
    for (const observer of observers.splice(0)) observer.stop();
  });

  function start(): GcObserver {
    const observer = startGcObserver(createMemoryMeter());
    observers.push(observer);
    return observer;
  }

  /** Node reports a collection some turns of the loop later. */
  const collections = (observer: GcObserver) =>
    vi.waitFor(() => {
      makeGarbage();
      const reading = observer.read({ closeInterval: false });
      expect(reading.interval.minor.count).toBeGreaterThan(0);
      return reading;
    });

  it('has no last pause before the first collection', () => {
    expect(start().read({ closeInterval: false })).toMatchObject({ count: 0, lastPauseNs: null });
  });

  it('counts collections and times their pauses by kind', async () => {
    const { count, lastPauseNs, interval } = await collections(start());
    const { minor } = interval;
    expect(lastPauseNs).toBeGreaterThan(0);
    expect(minor.maxNs).toBeGreaterThan(0);
    expect(minor.maxNs).toBeLessThanOrEqual(minor.totalNs);
    expect(minor.totalNs).toBeLessThanOrEqual(minor.maxNs * minor.count);
    expect(Object.values(interval).reduce((sum, { count: ofKind }) => sum + ofKind, 0)).toBe(count);
  });

  it('starts a new interval when one is closed, and keeps the count since the start', async () => {
    const observer = start();
    await collections(observer);
    const closed = observer.read({ closeInterval: true });
    const next = observer.read({ closeInterval: false });
    expect(closed.interval.minor.count).toBeGreaterThan(0);
    expect(next.interval.minor).toEqual({ count: 0, totalNs: 0, maxNs: 0 });
    expect(next.count).toBe(closed.count);
    expect(next.lastPauseNs).toBe(closed.lastPauseNs);
  });

  it('hands out readings that do not change afterwards', async () => {
    const observer = start();
    const before = await collections(observer);
    const copy = structuredClone(before);
    await vi.waitFor(() => {
      makeGarbage();
      const { count } = observer.read({ closeInterval: false });
      expect(count).toBeGreaterThan(before.count);
    });
    expect(before).toEqual(copy);
  });

  it('hears no more once stopped, while another goes on', async () => {
    const stopped = start();
    const running = start();
    stopped.stop();
    stopped.stop();
    await collections(running);
    expect(stopped.read({ closeInterval: false }).count).toBe(0);
  });
});
