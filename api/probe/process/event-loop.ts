/** How late the event loop is, and how busy. */

import { type EventLoopMonitorOptions, monitorEventLoopDelay } from 'node:perf_hooks';
import { clamp } from '../../base/numbers/clamp.ts';
import { math } from '../../base/numbers/math.ts';
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
 * The probing timer's period where the loop is in use. Every tick wakes the process: on an otherwise idle one 10 ms cost
 * 0.7-1.1 % of a core, 20 ms 0.4-0.5 %, 50 ms 0.2 % and 100 ms 0.1 % (Node 22 and 26).
 * @internal
 */
export const DELAY_PERIOD_MS = 50;
/** Where it hardly was in the interval before, on Nodes that measure by a timer alone. */
const CALM_DELAY_PERIOD_MS = 100;
/** Of the interval. */
const CALM_UTILIZATION = 0.04;

/**
 * How long a closed interval's histogram goes on beside the next one, in periods of the longer one. A block that ends in the very
 * turn in which the interval is closed shows only at its timer's next tick, which a reset forgets.
 */
const OVERLAP_PERIODS = 2;

type IntervalHistogram = ReturnType<typeof monitorEventLoopDelay>;

/** Samples of one interval. */
interface Interval {
  histogram: IntervalHistogram;
  /** 0 where turns are measured. */
  periodMs: number;
}

interface ClosedInterval extends Interval {
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
 * about 0.2 ms and a block of 200 ms shows 150 to 200: the part of a block that passes before the timer is due is not a
 * delay. In a loop that was calm in the interval before it shows 200, and 100 to 200 on Node 22. Does not keep the process alive.
 */
export function startEventLoopMonitor(): EventLoopMonitor {
  let interval = startInterval({ isCalm: false });
  let closed: ClosedInterval | null = null;
  let timesAtStart = loopTimes();

  function closeInterval(utilization: number): void {
    closed?.histogram.disable();
    const { histogram, periodMs } = interval;
    closed = { histogram, periodMs, maxNs: maxNsOf(histogram) };
    interval = startInterval({ isCalm: utilization < CALM_UTILIZATION });
    // Until the next one has ticked, which may take it longer than this one.
    const overlapMs = OVERLAP_PERIODS * math.max(periodMs, interval.periodMs, DELAY_PERIOD_MS);
    setTimeout(() => histogram.disable(), overlapMs).unref();
  }

  return {
    read({ closeInterval: closes }) {
      const timesNow = loopTimes();
      const utilization = utilizationBetween(timesAtStart, timesNow);
      const reading = { ...delaysOf(interval, closed), utilization };
      if (closes) {
        closeInterval(utilization);
        timesAtStart = timesNow;
      }
      return reading;
    },
    stop: () => {
      interval.histogram.disable();
      closed?.histogram.disable();
    },
  };
}

function delaysOf(
  { histogram, periodMs }: Interval,
  closed: ClosedInterval | null,
): Omit<EventLoopReading, 'utilization'> {
  const isEmpty = histogram.count === 0;
  const percentileMs = (percent: number) =>
    isEmpty ? null : delayMs(histogram.percentile(percent), periodMs);
  const maxMs = isEmpty ? null : delayMs(maxNsOf(histogram), periodMs);
  const lateMs = closed === null ? null : lateDelayMs(closed);
  return {
    delayP50Ms: percentileMs(50),
    delayP99Ms: percentileMs(99),
    delayMaxMs: maxMs === null ? lateMs : math.max(maxMs, lateMs ?? 0),
  };
}

const delayMs = (tickNs: number, periodMs: number): number =>
  math.max(0, tickNs / NS_PER_MS - periodMs);

/** Share of the time between two readings in which the loop was not idle. */
function utilizationBetween(from: LoopTimes, to: LoopTimes): number {
  const activeMs = to.activeMs - from.activeMs;
  const allMs = activeMs + to.idleMs - from.idleMs;
  return allMs <= 0 ? 0 : clamp(activeMs / allMs, 0, 1);
}

/**
 * In a calm loop Node measures how long each turn takes, where it can: that wakes nobody. In one that is in use most turns are
 * short, however long others hold it up, and percentiles over turns would say little.
 */
function startInterval({ isCalm }: { isCalm: boolean }): Interval {
  if (isCalm && canMeasureTurns()) return enabled({ samplePerIteration: true }, 0);
  const periodMs = isCalm ? CALM_DELAY_PERIOD_MS : DELAY_PERIOD_MS;
  return enabled({ resolution: periodMs }, periodMs);
}

function enabled(options: EventLoopMonitorOptions, periodMs: number): Interval {
  const histogram = monitorEventLoopDelay(options);
  histogram.enable();
  return { histogram, periodMs };
}

let measuresTurns: boolean | null = null;

function canMeasureTurns(): boolean {
  measuresTurns ??= isTurnOptionKnown();
  return measuresTurns;
}

/** A Node that does not know the option does not complain of a wrong one, and measures by a timer. */
function isTurnOptionKnown(): boolean {
  try {
    const histogram = monitorEventLoopDelay({ samplePerIteration: 'unless it is known' as never });
    // One that never measured would count among what keeps the program alive.
    histogram.enable();
    histogram.disable();
    return false;
  } catch {
    return true;
  }
}

/** An empty histogram's maximum is not a delay. */
function maxNsOf(histogram: IntervalHistogram): number {
  return histogram.count === 0 ? 0 : histogram.max;
}

/** What a closed interval's histogram has learned since, where it is more than it knew. */
function lateDelayMs({ histogram, periodMs, maxNs: knownNs }: ClosedInterval): number | null {
  const maxNs = maxNsOf(histogram);
  return maxNs > knownNs ? delayMs(maxNs, periodMs) : null;
}
