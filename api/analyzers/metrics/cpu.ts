import { processWide } from './metric.ts';

export const cpuMetrics = {
  usagePercent: processWide(({ cpu }) => cpu.usagePercent),
};
