import { afterEach, expect, it, vi } from 'vitest';
import type { HeapDriver } from './driver.ts';
import type { HeapSampler } from './sampler.ts';
import { leaseHeapSampler } from './sampler-lease.ts';

const leases: HeapSampler[] = [];
afterEach(() => {
  for (const lease of leases.splice(0)) lease.stop();
});

function fakeDriver() {
  const start = vi.fn();
  const stop = vi.fn();
  const driver: HeapDriver = {
    countsAllocations: true,
    start,
    stop,
    readTree: (use) => use({ name: '(root)', scriptName: '', allocations: [], children: [] }),
    isRunning: () => true,
    heapUsedBytes: () => 0,
    allocatedBytes: () => 0,
  };
  return { start, stop, openDriver: () => driver };
}

function lease(openDriver: () => HeapDriver, beforeForcedGc?: () => Promise<void>): HeapSampler {
  const sampler = leaseHeapSampler({
    samplingIntervalBytes: 1_000,
    pauseBudgetPercent: 2,
    openDriver,
    beforeForcedGc,
  });
  leases.push(sampler);
  return sampler;
}

it('starts with the first lease and stops with the last, however often one is stopped', async () => {
  const { start, stop, openDriver } = fakeDriver();
  const first = lease(openDriver);
  const second = lease(openDriver);
  first.stop();
  first.stop();
  expect(stop).not.toHaveBeenCalled();
  expect((await second.read()).parent).toHaveLength(0);
  second.stop();
  expect(start).toHaveBeenCalledTimes(1);
  expect(stop).toHaveBeenCalledTimes(1);
});

it('starts anew after the last lease, out of reach of the old ones', () => {
  const old = fakeDriver();
  const former = lease(old.openDriver);
  former.stop();
  const { stop, openDriver } = fakeDriver();
  const current = lease(openDriver);
  former.stop();
  expect(stop).not.toHaveBeenCalled();
  expect(current.availability().inuse).toBeNull();
});

it('tells every lease of a forced collection, also when one of them fails', async () => {
  const { openDriver } = fakeDriver();
  const failing = vi.fn(async () => {
    throw new Error('sweeping failed');
  });
  const sweeping = vi.fn(async () => {});
  lease(openDriver, failing);
  await lease(openDriver, sweeping).read();
  expect(failing).toHaveBeenCalledTimes(1);
  expect(sweeping).toHaveBeenCalledTimes(1);
});
