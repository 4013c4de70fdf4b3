/** The sums of a worker's collections, out of what was counted from one reading to the next. */
import { emptyInterval, type GcKind, type GcReading } from '../../probe/process/gc-observer.ts';
import type { ThreadFigures } from './expressions.ts';

export interface ThreadCollections {
  add(counted: NonNullable<ThreadFigures['collections']>): void;
  /** Since they are counted, which begins within a second of the worker's start. */
  read(options: { closesInterval: boolean }): GcReading;
}

/** As Node's `GCProfiler` calls them, in this and other versions. */
const KIND_BY_TYPE: Readonly<Record<string, GcKind>> = {
  Scavenge: 'minor',
  MinorMarkCompact: 'minor',
  MinorMarkSweep: 'minor',
  MarkSweepCompact: 'major',
  IncrementalMarking: 'incremental',
  ProcessWeakCallbacks: 'weakCallbacks',
};

export function sumCollections(): ThreadCollections {
  let count = 0;
  let lastPauseNs: number | null = null;
  let interval = emptyInterval();
  return {
    add({ byType, lastPauseNs: last }) {
      lastPauseNs = last ?? lastPauseNs;
      for (const [type, counted] of Object.entries(byType)) {
        count += counted.count;
        const kind = KIND_BY_TYPE[type];
        if (kind === undefined) continue;
        const sums = interval[kind];
        sums.count += counted.count;
        sums.totalNs += counted.totalNs;
        sums.maxNs = Math.max(sums.maxNs, counted.maxNs);
      }
    },
    read({ closesInterval }) {
      const reading = { count, lastPauseNs, interval: structuredClone(interval) };
      if (closesInterval) interval = emptyInterval();
      return reading;
    },
  };
}
