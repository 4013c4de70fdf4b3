/** How late the event loop is, and how busy. */

import { monitorEventLoopDelay } from 'node:perf_hooks';
import { clamp } from '../../base/numbers/clamp.ts';
import { NS_PER_MS } from '../../base/numbers/units.ts';
import { type LoopTimes, loopTimes, setTimeout } from '../../base/own-time.ts';

export interface EventLoopReading {
  /** Delay beyond the timer's own period, over the interval; null before the first sample. */
  delayP50Ms: number | null;
  delayP99Ms: number | null;
  delayMaxMs: number | null;
  /** Share of the interval in which the loop was not idle, 0 to 1; null where it is not measured. */
  utilization: number | null;
}

/** What is read where nothing is measured. */
export const UNMEASURED_LOOP: EventLoopReading = {
  delayP50Ms: null,
  delayP99Ms: null,
  delayMaxMs: null,
  utilization: null,
};

/**
 * The probing timer's period. Every tick wakes the process: on an otherwise idle one 10 ms cost
 * 0.7-1.1 % of a core, 20 ms 0.4-0.5 %, 50 ms 0.2 % and 100 ms 0.1 % (Node 22 and 26).
 * @internal
 */
export const DELAY_PERIOD_MS = 50;

/**
 * How long a closed interval's histogram goes on beside the next one. A block that ends in the very
 * turn in which the interval is closed shows only at its timer's next tick, which a reset forgets.
 */
const OVERLAP_MS = 2 * DELAY_PERIOD_MS;

type IntervalHistogram = ReturnType<typeof monitorEventLoopDelay>;

interface ClosedInterval {
  histogram: IntervalHistogram;
  /** Its maximum when it was closed. */
  maxNs: number;
}

export interface EventLoopMonitor {
  /** What happened in the interval so far; `closeInterval` starts the next one. */
  read(options: { closeInterval: boolean }): EventLoopReading;
  stop(): void;
}

/**
 * Starts measuring. Node's histogram holds the time between two ticks of a timer, which on an idle
 * loop is the period plus 0.2 ms (measured). The period is subtracted, so that an idle loop shows
 * about 0.2 ms and a block of 200 ms shows 150 to 200: the part of a block that passes before
 * the timer is due is not a delay. Does not keep the process alive.
 */
export function startEventLoopMonitor(): EventLoopMonitor {
  let histogram = startHistogram();
  let closed: ClosedInterval | null = null;
  let timesAtStart = loopTimes();

  const delayMs = (tickNs: number) =>
    tickNs === 0 ? null : Math.max(0, tickNs / NS_PER_MS - DELAY_PERIOD_MS);

  function closeInterval(): void {
    closed?.histogram.disable();
    closed = { histogram, maxNs: maxNsOf(histogram) };
    const { histogram: closing } = closed;
    setTimeout(() => closing.disable(), OVERLAP_MS).unref();
    histogram = startHistogram();
  }

  return {
    read({ closeInterval: closes }) {
      const timesNow = loopTimes();
      const isEmpty = histogram.count === 0;
      const reading: EventLoopReading = {
        delayP50Ms: delayMs(isEmpty ? 0 : histogram.percentile(50)),
        delayP99Ms: delayMs(isEmpty ? 0 : histogram.percentile(99)),
        delayMaxMs: delayMs(Math.max(maxNsOf(histogram), lateNs(closed))),
        utilization: utilization(timesAtStart, timesNow),
      };
      if (closes) {
        closeInterval();
        timesAtStart = timesNow;
      }
      return reading;
    },
    stop: () => {
      histogram.disable();
      closed?.histogram.disable();
    },
  };
}

/** Share of the time between two readings in which the loop was not idle. */
function utilization(from: LoopTimes, to: LoopTimes): number {
  const activeMs = to.activeMs - from.activeMs;
  const allMs = activeMs + to.idleMs - from.idleMs;
  return allMs <= 0 ? 0 : clamp(activeMs / allMs, 0, 1);
}

function startHistogram(): IntervalHistogram {
  const histogram = monitorEventLoopDelay({ resolution: DELAY_PERIOD_MS });
  histogram.enable();
  return histogram;
}

/** An empty histogram's maximum is not a delay. */
function maxNsOf(histogram: IntervalHistogram): number {
  return histogram.count === 0 ? 0 : histogram.max;
}

/** What a closed interval's histogram has learned since, where it is more than it knew. */
function lateNs(closed: ClosedInterval | null): number {
  if (closed === null) return 0;
  const maxNs = maxNsOf(closed.histogram);
  return maxNs > closed.maxNs ? maxNs : 0;
}
