import { expect, it } from 'vitest';
import { readCpuTimes, readMemory, totalAllocatedBytes } from './process-stats.ts';

const MIB = 1024 ** 2;

it('reads memory as sizes that contain one another', () => {
  const memory = readMemory();
  expect(memory.heapUsedBytes).toBeGreaterThan(MIB);
  expect(memory.heapUsedBytes).toBeLessThan(memory.heapTotalBytes);
  expect(memory.heapTotalBytes).toBeLessThan(memory.heapLimitBytes);
  expect(memory.arrayBuffersBytes).toBeLessThanOrEqual(memory.externalBytes);
  expect(memory.rssBytes).toBeGreaterThan(10 * MIB);
});

it('sees a buffer outside the heap', () => {
  const before = readMemory();
  const buffer = Buffer.alloc(8 * MIB);
  expect(readMemory().arrayBuffersBytes - before.arrayBuffersBytes).toBeGreaterThanOrEqual(8 * MIB);
  expect(buffer).toHaveLength(8 * MIB);
});

it.runIf(totalAllocatedBytes() !== null)('counts what is allocated and thrown away', () => {
  const beforeBytes = readMemory().totalAllocatedBytes!;
  let last: unknown;
  for (let round = 0; round < 100_000; round++) last = { round, next: [round] };
  expect(last).toBeDefined();
  expect(readMemory().totalAllocatedBytes! - beforeBytes).toBeGreaterThan(MIB);
});

it('reads CPU time that grows with work', () => {
  const before = readCpuTimes();
  const endMs = performance.now() + 50;
  while (performance.now() < endMs);
  const after = readCpuTimes();
  expect(after.userUs + after.systemUs).toBeGreaterThan(before.userUs + before.systemUs);
  expect(after.systemUs).toBeGreaterThanOrEqual(before.systemUs);
});
