/** How late the event loop is, and how busy. */
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import type { EventLoopReading } from './probe.ts';

const NS_PER_MS = 1e6;

/**
 * The probing timer's period. Every tick wakes the process: on an otherwise idle one 10 ms cost
 * 0.7-1.1 % of a core, 20 ms 0.4-0.5 %, 50 ms 0.2 % and 100 ms 0.1 % (Node 22 and 26).
 */
export const DELAY_PERIOD_MS = 50;

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
  const histogram = monitorEventLoopDelay({ resolution: DELAY_PERIOD_MS });
  histogram.enable();
  let utilizationAtStart = performance.eventLoopUtilization();

  const delayMs = (tickNs: number) =>
    histogram.count === 0 ? null : Math.max(0, tickNs / NS_PER_MS - DELAY_PERIOD_MS);

  return {
    read({ closeInterval }) {
      const utilizationNow = performance.eventLoopUtilization();
      const reading: EventLoopReading = {
        delayP50Ms: delayMs(histogram.percentile(50)),
        delayP99Ms: delayMs(histogram.percentile(99)),
        delayMaxMs: delayMs(histogram.max),
        utilization: performance.eventLoopUtilization(utilizationNow, utilizationAtStart)
          .utilization,
      };
      if (closeInterval) {
        histogram.reset();
        utilizationAtStart = utilizationNow;
      }
      return reading;
    },
    stop: () => {
      histogram.disable();
    },
  };
}
