/** How the figures of a process changed between two readings. */
import type { StatsReading } from '../probe/probe.ts';

export interface FigureDiff {
  elapsedMs: number;
  heapUsedBytes: number;
  heapTotalBytes: number;
  externalBytes: number;
  arrayBuffersBytes: number;
  rssBytes: number;
  /** Allocated on the heap in between, freed bytes included; null where V8 does not count them. */
  allocatedBytes: number | null;
  /** CPU time of all threads in between. */
  cpuSeconds: number;
  /** The same in percent of one core; 0 where no time passed. */
  cpuPercent: number;
  gcCount: number;
}

const US_PER_SECOND = 1e6;
const MS_PER_SECOND = 1_000;

/** Target minus base; the sizes are negative where they shrank. */
export function diffFigures(base: StatsReading, target: StatsReading): FigureDiff {
  const elapsedMs = target.takenAtMs - base.takenAtMs;
  const cpuSeconds = (cpuUs(target) - cpuUs(base)) / US_PER_SECOND;
  const delta = (figure: keyof StatsReading['memory']) =>
    (target.memory[figure] ?? 0) - (base.memory[figure] ?? 0);
  return {
    elapsedMs,
    heapUsedBytes: delta('heapUsedBytes'),
    heapTotalBytes: delta('heapTotalBytes'),
    externalBytes: delta('externalBytes'),
    arrayBuffersBytes: delta('arrayBuffersBytes'),
    rssBytes: delta('rssBytes'),
    allocatedBytes:
      target.memory.totalAllocatedBytes === null ? null : delta('totalAllocatedBytes'),
    cpuSeconds,
    cpuPercent: elapsedMs > 0 ? (cpuSeconds / elapsedMs) * MS_PER_SECOND * 100 : 0,
    gcCount: target.gc.count - base.gc.count,
  };
}

function cpuUs({ cpu }: StatsReading): number {
  return cpu.userUs + cpu.systemUs;
}
