/** Two intervals that follow each other, as one: for an answer that missed its own point. */
import { GC_KINDS, type GcKind, type GcPauses, type StatsReading } from '../../probe/probe.ts';

/** The later reading, with maxima and totals over both. */
export function mergeIntervals(earlier: StatsReading, later: StatsReading): StatsReading {
  const interval = Object.fromEntries(
    GC_KINDS.map((kind) => [kind, mergePauses(earlier.gc.interval[kind], later.gc.interval[kind])]),
  ) as Record<GcKind, GcPauses>;
  return {
    ...later,
    gc: { ...later.gc, interval },
    eventLoop: {
      ...later.eventLoop,
      delayMaxMs: maxOrNull(earlier.eventLoop.delayMaxMs, later.eventLoop.delayMaxMs),
      delayP99Ms: maxOrNull(earlier.eventLoop.delayP99Ms, later.eventLoop.delayP99Ms),
    },
  };
}

function mergePauses(a: GcPauses, b: GcPauses): GcPauses {
  return {
    count: a.count + b.count,
    totalNs: a.totalNs + b.totalNs,
    maxNs: Math.max(a.maxNs, b.maxNs),
  };
}

function maxOrNull(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.max(a, b);
}
