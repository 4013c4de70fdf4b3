import { expect, it } from 'vitest';
import { readHeapSpan } from './delta.ts';
import type { HeapProfileSnapshot } from './types.ts';

const heapAt = (collectedAtMs: number): HeapProfileSnapshot => ({
  collectedAtMs,
  pauseMs: 1,
  samplingIntervalBytes: 1_024,
  rotations: 0,
  profile: { sampleTypes: [], frames: [], samples: [] },
  cumulativeUnavailable: null,
});

const waiting = () => ({ signal: new AbortController().signal });

it('reads twice, that time apart', async () => {
  const { base, target } = await readHeapSpan(async () => heapAt(Date.now()), {
    seconds: 0.05,
    ...waiting(),
  });
  expect(target.collectedAtMs - base.collectedAtMs).toBeGreaterThanOrEqual(49);
});

it('never compares a cached read with itself: it waits for a fresh one', async () => {
  const cached = heapAt(Date.now() - 1_000);
  let reads = 0;
  const { base, target } = await readHeapSpan(
    async () => (++reads < 3 ? cached : heapAt(Date.now())),
    { seconds: 0.1, ...waiting() },
  );
  expect(base).toBe(cached);
  expect(target.collectedAtMs).toBeGreaterThan(cached.collectedAtMs + 1_000);
  expect(reads).toBe(3);
});

it('takes a shorter span where the budget is spent on somebody else’s read', async () => {
  const base = heapAt(Date.now() - 100);
  const between = heapAt(base.collectedAtMs + 50);
  let reads = 0;
  const read = async () => (++reads === 1 ? base : between);
  const span = await readHeapSpan(read, { seconds: 0.02, patienceMs: 10, ...waiting() });
  expect(span).toEqual({ base, target: between });
});

it('says so where there is no fresh one in time', async () => {
  const cached = heapAt(Date.now());
  await expect(
    readHeapSpan(async () => cached, { seconds: 0.02, patienceMs: 10, ...waiting() }),
  ).rejects.toMatchObject({ code: 'PROCESS_NOT_RESPONDING' });
});

it('waits as long as the pause budget asks for', async () => {
  const base = { ...heapAt(Date.now()), nextReadAtMs: Date.now() + 600 };
  let reads = 0;
  const read = async () => {
    reads += 1;
    return Date.now() < base.nextReadAtMs ? base : heapAt(Date.now());
  };
  const { target } = await readHeapSpan(read, { seconds: 0.01, ...waiting() });
  expect(target.collectedAtMs).toBeGreaterThanOrEqual(base.nextReadAtMs);
  expect(reads).toBe(3);
});

it('says at once when to come again, where the budget asks for more than anybody waits', async () => {
  const cached = { ...heapAt(Date.now()), nextReadAtMs: Date.now() + 600_000 };
  let reads = 0;
  const read = async () => {
    reads += 1;
    return cached;
  };
  const error = await readHeapSpan(read, { seconds: 10, ...waiting() }).catch((reason) => reason);
  expect(error).toMatchObject({ code: 'PAUSE_BUDGET_SPENT' });
  expect(error.retryAfterMs).toBeGreaterThan(590_000);
  expect(reads).toBe(1);
});

it('ends when nobody waits any more', async () => {
  const leaving = new AbortController();
  const span = readHeapSpan(async () => heapAt(0), { seconds: 600, signal: leaving.signal });
  leaving.abort();
  await expect(span).rejects.toThrow('aborted');
});
