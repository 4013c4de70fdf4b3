import { level, processWide } from './metric.ts';

export const memoryMetrics = {
  alloc: level(({ memory }) => memory.heapUsedBytes),
  heapInuse: level(({ memory }) => memory.heapTotalBytes),
  oldSpaceUsed: level(({ memory }) => memory.oldSpaceUsedBytes),
  sys: processWide(({ sysBytes }) => sysBytes),
};
