import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readFreshHeap } from './fresh.ts';
import type { HeapProfileSnapshot } from './types.ts';

const PAUSE_MS = 100;

/** A heap that is read anew at the times given, each pausing the loop for 100 ms. */
function heapReadAt(...timesMs: number[]) {
  const read = vi.fn(async () => {
    const collectedAtMs = timesMs.filter((timeMs) => timeMs <= Date.now()).at(-1)!;
    return { collectedAtMs, pauseMs: PAUSE_MS } as HeapProfileSnapshot;
  });
  return read;
}

describe('a fresh heap read', () => {
  beforeEach(() => vi.useFakeTimers({ now: 10_000, toFake: ['Date'] }));
  afterEach(() => vi.useRealTimers());

  it('is given at once where the budget allows it', async () => {
    const read = heapReadAt(9_000, 10_000);
    const heap = await readFreshHeap({ read, pauseBudgetPercent: 2 });
    expect(heap.collectedAtMs).toBe(10_000);
    expect(read).toHaveBeenCalledOnce();
  });

  it('says when it may be, where the budget holds it back for longer than the patience', async () => {
    const read = heapReadAt(9_000);
    // 100 ms under 2 % rest for 4900 ms.
    const attempt = readFreshHeap({ read, pauseBudgetPercent: 2, patienceMs: 1_000 });
    await expect(attempt).rejects.toMatchObject({
      code: 'PAUSE_BUDGET_SPENT',
      message: expect.stringContaining('1970-01-01T00:00:13.900Z'),
    });
    expect(read).toHaveBeenCalledOnce();
  });

  it('fails where the thread may read and does not', async () => {
    const read = heapReadAt(9_000);
    const attempt = readFreshHeap({ read, pauseBudgetPercent: 100, patienceMs: 0 });
    await expect(attempt).rejects.toMatchObject({ code: 'PROCESS_NOT_RESPONDING' });
  });
});

it('gives up a silent thread sooner than one that the budget holds back', async () => {
  const read = heapReadAt(Date.now() - 10_000);
  const silent = readFreshHeap({ read, pauseBudgetPercent: 100, busyPatienceMs: 0 });
  await expect(silent).rejects.toMatchObject({ code: 'PROCESS_NOT_RESPONDING' });
  const nextReadAtMs = Date.now() + 100;
  const held = async () => ({ ...(await read()), nextReadAtMs });
  const later = async () =>
    Date.now() < nextReadAtMs ? held() : { ...(await held()), collectedAtMs: Date.now() };
  const heap = await readFreshHeap({ read: later, busyPatienceMs: 60 });
  expect(heap.collectedAtMs).toBeGreaterThanOrEqual(nextReadAtMs);
});

describe('waiting for a fresh heap read', () => {
  it('goes on until the budget allows one', async () => {
    const startedAtMs = Date.now();
    const readAgainAtMs = startedAtMs + 200;
    const read = heapReadAt(startedAtMs - PAUSE_MS, readAgainAtMs);
    const heap = await readFreshHeap({ read, pauseBudgetPercent: 50 });
    expect(heap.collectedAtMs).toBe(readAgainAtMs);
  });

  it('ends with the signal', async () => {
    const leaving = new AbortController();
    const read = heapReadAt(0);
    const attempt = readFreshHeap({ read, pauseBudgetPercent: 100, signal: leaving.signal });
    await vi.waitFor(() => expect(read).toHaveBeenCalled());
    leaving.abort();
    await expect(attempt).rejects.toMatchObject({ name: 'AbortError' });
  });
});
