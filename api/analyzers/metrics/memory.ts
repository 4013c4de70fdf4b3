import { level, processWide } from './metric.ts';

export const memoryMetrics = {
  alloc: level(({ memory }) => memory.heapUsedBytes),
  heapInuse: level(({ memory }) => memory.heapTotalBytes),
  oldSpaceUsed: level(({ memory }) => memory.oldSpaceUsedBytes),
  external: level(({ memory }) => memory.externalBytes),
  arrayBuffers: level(({ memory }) => memory.arrayBuffersBytes),
  sys: processWide(({ sysBytes }) => sysBytes),
};
