/** How the figures of a process changed between two readings. */
import { US_PER_MS, US_PER_SECOND } from '../../base/numbers/units.ts';
import type { Figures, MemoryFigures } from '../figures.ts';

export interface FigureDiff {
  elapsedMs: number;
  heapUsedBytes: number | null;
  heapTotalBytes: number | null;
  /** Null where the runtime has no such thing, as Go. */
  externalBytes: number | null;
  arrayBuffersBytes: number | null;
  rssBytes: number | null;
  /** Allocated on the heap in between, freed bytes included; null where it is not counted. */
  allocatedBytes: number | null;
  /** CPU time of all threads in between; null where unknown. */
  cpuSeconds: number | null;
  /** The same in percent of one core; 0 where no time passed, null where unknown. */
  cpuPercent: number | null;
  gcCount: number | null;
}

/** The later moment minus the base; the sizes are negative where they shrank, null where unknown. */
export function diffFigures(base: Figures, to: Figures): FigureDiff {
  const elapsedMs = to.takenAtMs - base.takenAtMs;
  const cpuUs = difference(cpuUsOf(base), cpuUsOf(to));
  const deltaIfKnown = (size: keyof MemoryFigures) =>
    difference(base.memory[size], to.memory[size]);
  return {
    elapsedMs,
    heapUsedBytes: deltaIfKnown('heapUsedBytes'),
    heapTotalBytes: deltaIfKnown('heapTotalBytes'),
    externalBytes: deltaIfKnown('externalBytes'),
    arrayBuffersBytes: deltaIfKnown('arrayBuffersBytes'),
    rssBytes: deltaIfKnown('rssBytes'),
    allocatedBytes: deltaIfKnown('totalAllocatedBytes'),
    cpuSeconds: cpuUs === null ? null : cpuUs / US_PER_SECOND,
    cpuPercent: cpuUs === null ? null : percentOfTime(cpuUs, elapsedMs),
    gcCount: difference(base.gc.count, to.gc.count),
  };
}

function difference(base: number | null | undefined, to: number | null | undefined): number | null {
  return base == null || to == null ? null : to - base;
}

function cpuUsOf({ cpu }: Figures): number | null {
  return cpu === null ? null : cpu.userUs + (cpu.systemUs ?? 0);
}

function percentOfTime(us: number, elapsedMs: number): number {
  return elapsedMs > 0 ? (us / (elapsedMs * US_PER_MS)) * 100 : 0;
}
