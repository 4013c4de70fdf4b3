import { expect, it } from 'vitest';
import { BYTES_PER_MIB } from '../../base/numbers/units.ts';
import { countsAllocatedBytes } from '../testing/counts-allocated-bytes.ts';
import { readCpuTimes } from './cpu-times.ts';
import { createMemoryMeter } from './memory.ts';

const readMemory = () => createMemoryMeter().read();

it('reads memory as sizes that contain one another', () => {
  const memory = readMemory();
  expect(memory.heapUsedBytes).toBeGreaterThan(BYTES_PER_MIB);
  expect(memory.heapUsedBytes).toBeLessThan(memory.heapTotalBytes);
  expect(memory.heapTotalBytes).toBeLessThan(memory.heapLimitBytes);
  expect(memory.oldSpaceUsedBytes).toBeGreaterThan(BYTES_PER_MIB);
  expect(memory.oldSpaceUsedBytes).toBeLessThanOrEqual(memory.heapUsedBytes);
  expect(memory.arrayBuffersBytes).toBeLessThanOrEqual(memory.externalBytes);
  expect(memory.rssBytes).toBeGreaterThan(10 * BYTES_PER_MIB);
});

it('sees a buffer outside the heap', () => {
  const before = readMemory();
  const buffer = Buffer.alloc(8 * BYTES_PER_MIB);
  expect(readMemory().arrayBuffersBytes - before.arrayBuffersBytes).toBeGreaterThanOrEqual(
    8 * BYTES_PER_MIB,
  );
  expect(buffer).toHaveLength(8 * BYTES_PER_MIB);
});

it.runIf(countsAllocatedBytes)('counts what is allocated and thrown away', () => {
  const meter = createMemoryMeter();
  const beforeBytes = meter.allocatedBytes()!;
  let last: unknown;
  for (let round = 0; round < 100_000; round++) last = { round, next: [round] };
  expect(last).toBeDefined();
  expect(meter.allocatedBytes()! - beforeBytes).toBeGreaterThan(BYTES_PER_MIB);
});

it.runIf(countsAllocatedBytes)('does not count what reading allocates', () => {
  const meter = createMemoryMeter();
  for (let read = 0; read < 20; read++) meter.read();
  const before = meter.read().totalAllocatedBytes!;
  let last = before;
  for (let read = 0; read < 200; read++) {
    const now = meter.read().totalAllocatedBytes!;
    expect(now).toBeGreaterThanOrEqual(last);
    last = now;
  }
  // Without the correction 300 MB, for some 12 looks a read.
  expect(last - before).toBeLessThan(10 * BYTES_PER_MIB);
});

it.runIf(countsAllocatedBytes)('counts the program between its reads', () => {
  const meter = createMemoryMeter();
  const held: unknown[] = [];
  const before = meter.read().totalAllocatedBytes!;
  for (let read = 0; read < 100; read++) {
    for (let at = 0; at < 1_000; at++) held[at] = new Array(126).fill(at);
    meter.exclude(() => new Array(1_000).fill('').map((_, at) => [at]));
    meter.read();
  }
  const trueBytes = 100 * 1_000 * 1024;
  const counted = meter.read().totalAllocatedBytes! - before;
  expect(counted / trueBytes).toBeGreaterThan(0.9);
  expect(counted / trueBytes).toBeLessThan(1.2);
});

it.runIf(countsAllocatedBytes)('does not count what is excluded over promises', async () => {
  const meter = createMemoryMeter();
  const allocate = () => Array.from({ length: 1_000 }, (_, at) => new Array(126).fill(at));
  const before = meter.read().totalAllocatedBytes!;
  for (let round = 0; round < 50; round++) {
    const end = meter.excludeFromHere();
    expect(allocate()).toHaveLength(1_000);
    await Promise.resolve();
    expect(meter.exclude(allocate)).toHaveLength(1_000);
    meter.read();
    end();
  }
  for (let round = 0; round < 50; round++) expect(allocate()).toHaveLength(1_000);
  const trueBytes = 50 * 1_000 * 1024;
  const counted = meter.read().totalAllocatedBytes! - before;
  expect(counted / trueBytes).toBeGreaterThan(0.9);
  expect(counted / trueBytes).toBeLessThan(1.3);
});

it('reads CPU time that grows with work', () => {
  const before = readCpuTimes();
  const endMs = performance.now() + 50;
  while (performance.now() < endMs);
  const after = readCpuTimes();
  expect(after.userUs + after.systemUs).toBeGreaterThan(before.userUs + before.systemUs);
  expect(after.systemUs).toBeGreaterThanOrEqual(before.systemUs);
});
