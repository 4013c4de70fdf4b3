/** Memory and CPU time of the observed process: figures V8 and the kernel keep anyway. */
import v8 from 'node:v8';
import { cpuUsage, memoryUsage } from '../builtins.ts';
import type { CpuTimes, MemoryReading } from './probe.ts';

/** The field is there from Node 26 on. */
type HeapStatistics = Omit<v8.HeapInfo, 'total_allocated_bytes'> & {
  total_allocated_bytes?: number;
};

const { getHeapStatistics: heapStatistics } = v8 as { getHeapStatistics(): HeapStatistics };

/**
 * Bytes ever allocated on this isolate's heap, live or not.
 * Null before Node 26, whose V8 does not count them.
 */
export function totalAllocatedBytes(): number | null {
  return heapStatistics().total_allocated_bytes ?? null;
}

/**
 * Memory now; takes some tens of microseconds. V8's figures are those of the calling isolate, the
 * resident set is that of the whole process. There is no count of live objects here: V8 keeps
 * none, and counting would take a heap snapshot. The heap sampler's `inuse_objects` estimates it.
 */
export function readMemory(): MemoryReading {
  const heap = heapStatistics();
  const { external, arrayBuffers, rss } = memoryUsage();
  return {
    heapUsedBytes: heap.used_heap_size,
    heapTotalBytes: heap.total_heap_size,
    totalAllocatedBytes: heap.total_allocated_bytes ?? null,
    heapLimitBytes: heap.heap_size_limit,
    externalBytes: external,
    arrayBuffersBytes: arrayBuffers,
    rssBytes: rss,
  };
}

/** CPU time of all threads of the process since it started, in microseconds; never falls. */
export function readCpuTimes(): CpuTimes {
  const { user, system } = cpuUsage();
  return { userUs: user, systemUs: system };
}
