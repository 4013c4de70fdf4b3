/** Garbage collection pauses, as Node reports them after the fact. */

import {
  constants,
  type PerformanceEntry,
  PerformanceObserver,
  type PerformanceObserverEntryList,
} from 'node:perf_hooks';
import { clone } from '../../base/builtins.ts';
import { harmless } from '../../base/harmless.ts';
import { math } from '../../base/numbers/math.ts';
import { NS_PER_MS } from '../../base/numbers/units.ts';
import { wallClockMs } from '../../base/own-time.ts';
import type { MemoryMeter } from './memory.ts';

export type GcKind = 'minor' | 'major' | 'incremental' | 'weakCallbacks';

/** Pauses of one kind of garbage collection. */
export interface GcPauses {
  count: number;
  totalNs: number;
  maxNs: number;
}

export interface GcReading {
  /** Collections since the probe started, all kinds. */
  count: number;
  /** The pause of the last collection; null before the first. */
  lastPauseNs: number | null;
  /** What happened since the interval was last closed. */
  interval: Record<GcKind, GcPauses>;
}

/** V8's minor mark-sweep collector, which Node has no named constant for. */
const V8_MINOR_MARK_SWEEP = 2;

const KIND_BY_CODE: Readonly<Record<number, GcKind>> = {
  [constants.NODE_PERFORMANCE_GC_MINOR]: 'minor',
  [V8_MINOR_MARK_SWEEP]: 'minor',
  [constants.NODE_PERFORMANCE_GC_MAJOR]: 'major',
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL]: 'incremental',
  [constants.NODE_PERFORMANCE_GC_WEAKCB]: 'weakCallbacks',
};

export interface GcObserver {
  /**
   * What was seen so far; `closeInterval` starts the next interval. Node delivers an entry one
   * turn of the loop after its collection, so a pause may count in the interval after its own.
   */
  read(options: { closeInterval: boolean }): GcReading;
  /** When the last collection of the whole heap began, on the clock of the thread; -Infinity for never. */
  lastMajorMs(): number;
  /** Null before the first collection of the whole heap. */
  leftByCollection(): LeftByCollection | null;
  stop(): void;
}

/** What was left in the heap by a collection of all of it. */
export interface LeftByCollection {
  /** When the heap was measured, one turn of the loop after the collection; epoch milliseconds. */
  atMs: number;
  /** Of all spaces but the young ones: what has been made since is in those. */
  oldSpaceUsedBytes: number;
}

type GcEntry = PerformanceEntry & { detail: { kind: number } };

type Interval = Record<GcKind, GcPauses>;

const emptyPauses = (): GcPauses => ({ count: 0, totalNs: 0, maxNs: 0 });

export const emptyInterval = (): Interval => ({
  minor: emptyPauses(),
  major: emptyPauses(),
  incremental: emptyPauses(),
  weakCallbacks: emptyPauses(),
});

/**
 * Starts counting collections. It holds sums only, costs a few microseconds a collection and does
 * not keep the process alive.
 */
export function startGcObserver({
  oldSpaceUsedBytes,
}: Pick<MemoryMeter, 'oldSpaceUsedBytes'>): GcObserver {
  let count = 0;
  let lastPauseNs: number | null = null;
  let lastMajorMs = Number.NEGATIVE_INFINITY;
  let interval = emptyInterval();
  let left: LeftByCollection | null = null;

  const observer = new PerformanceObserver(
    harmless((list: PerformanceObserverEntryList) => {
      for (const entry of list.getEntries() as GcEntry[]) {
        const pauseNs = math.round(entry.duration * NS_PER_MS);
        count += 1;
        lastPauseNs = pauseNs;
        const kind = KIND_BY_CODE[entry.detail.kind];
        if (kind !== undefined) addPause(interval[kind], pauseNs);
        if (kind === 'major') {
          lastMajorMs = entry.startTime;
          left = { atMs: wallClockMs(), oldSpaceUsedBytes: oldSpaceUsedBytes() };
        }
      }
    }),
  );
  observer.observe({ entryTypes: ['gc'] });

  return {
    read({ closeInterval }) {
      const reading: GcReading = { count, lastPauseNs, interval };
      if (closeInterval) {
        interval = emptyInterval();
        return reading;
      }
      return { ...reading, interval: clone(interval) };
    },
    lastMajorMs: () => lastMajorMs,
    leftByCollection: () => left,
    stop: () => observer.disconnect(),
  };
}

function addPause(pauses: GcPauses, pauseNs: number): void {
  pauses.count += 1;
  pauses.totalNs += pauseNs;
  pauses.maxNs = math.max(pauses.maxNs, pauseNs);
}
