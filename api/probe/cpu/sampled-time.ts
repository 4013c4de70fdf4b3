/**
 * The time that a CPU profile sampled: from when its start is over until it is asked to end, without
 * what pprofql itself stopped the thread for, and without the time in which nothing could be sampled.
 */
import { math } from '../../base/numbers/math.ts';
import { US_PER_MS } from '../../base/numbers/units.ts';

/** An uninterrupted stretch that the program had no part in. */
export interface OwnStop {
  /** Epoch milliseconds. */
  endedAtMs: number;
  pauseMs: number;
}

export interface SampledTime {
  /** Leaves out what was sampled meanwhile, as if it had taken no time. */
  leaveOut(stop: OwnStop): void;
  /** Nothing counts from here on. */
  end(): void;
  /** Meant for after the end, once. */
  close(): ClosedTime;
}

export interface ClosedTime {
  durationUs: number;
  /** Microseconds of sampled time before this epoch time; null outside of sampled time. */
  atUs(epochUs: number): number | null;
}

/** Clocks in milliseconds. */
export interface Clocks {
  /** Since the epoch. It may be set anew at any time. */
  wallMs(): number;
  monotonicMs(): number;
}

/** On the monotonic clock. */
interface Span {
  fromMs: number;
  toMs: number;
}

/** Stops that are noted at most; reads of the heap keep some distance from each other. */
const MAX_STOPS = 1_000;

/**
 * Without a sample for so long, the process did not run, or its samples found no room: a thread
 * that runs or waits is sampled, even on a machine that has little time for it.
 */
const LONGEST_GAP_US = 1_000_000;

/** Begins now. */
export function startSampledTime({ wallMs, monotonicMs }: Clocks): SampledTime {
  const fromMs = monotonicMs();
  let toMs = Number.POSITIVE_INFINITY;
  const stops: Span[] = [];

  return {
    leaveOut({ endedAtMs, pauseMs }) {
      const endedMs = monotonicMs() - (wallMs() - endedAtMs);
      if (stops.length < MAX_STOPS) stops.push({ fromMs: endedMs - pauseMs, toMs: endedMs });
    },
    end() {
      toMs = monotonicMs();
    },
    close() {
      // As it is now, which is how the sampler dates the samples.
      const epochOfClockMs = wallMs() - monotonicMs();
      const gaps = disjoint(stops, { fromMs, toMs });
      const before = (atMs: number): number =>
        gaps.reduce((sum, gap) => sum + math.max(0, math.min(atMs, gap.toMs) - gap.fromMs), 0);
      return {
        durationUs: math.round((toMs - fromMs - before(toMs)) * US_PER_MS),
        atUs(epochUs) {
          const atMs = epochUs / US_PER_MS - epochOfClockMs;
          if (atMs < fromMs || atMs > toMs) return null;
          if (gaps.some((gap) => atMs > gap.fromMs && atMs < gap.toMs)) return null;
          return math.round((atMs - fromMs - before(atMs)) * US_PER_MS);
        },
      };
    },
  };
}

/** In order and cut to the whole; a read that several callers share is told by each. */
function disjoint(spans: readonly Span[], whole: Span): Span[] {
  const found: Span[] = [];
  let lastMs = whole.fromMs;
  for (const span of spans.toSorted((a, b) => a.fromMs - b.fromMs)) {
    const fromMs = math.max(lastMs, span.fromMs);
    const toMs = math.min(whole.toMs, span.toMs);
    if (toMs <= fromMs) continue;
    found.push({ fromMs, toMs });
    lastMs = toMs;
  }
  return found;
}

/**
 * Takes out the time in which nothing was sampled, for example three seconds for which the process
 * was stopped: samples at 0.5 and 3.5 seconds of a profile of 4 become samples at 0.5 of one of 1.
 * @param atUs times of all samples, in order
 */
export function withoutGaps(
  atUs: readonly number[],
  durationUs: number,
): { atUs: number[]; durationUs: number } {
  let previousUs = 0;
  let leftOutUs = 0;
  const step = (nowUs: number): number => {
    if (nowUs - previousUs > LONGEST_GAP_US) leftOutUs += nowUs - previousUs;
    previousUs = nowUs;
    return nowUs - leftOutUs;
  };
  // Without samples there is no telling; the thread may have been in one long native call.
  if (atUs.length === 0) return { atUs: [], durationUs };
  return { atUs: atUs.map(step), durationUs: step(durationUs) };
}
