/** Long work on the observed loop, cut into slices that let the host run in between. */
import { math } from '../../../base/numbers/math.ts';
import { cpuClockMs, nextTurn, threadClockMs } from '../../../base/own-time.ts';

export interface TimeSlices {
  /** Works through the items. Before one at which the slice is used up, the host gets a turn. */
  forEach<T>(items: Iterable<T>, work: (item: T) => void): Promise<void>;
  /** The longest stretch without a pause so far, in milliseconds. */
  longestMs(): number;
  /**
   * The work of all of them so far, in milliseconds of CPU time: on a busy machine, most of the time
   * on the clock is that of others.
   */
  workMs(): number;
  /** To be called after the last slice, before the host gets a turn. */
  end(): void;
}

const SLICE_MS = 4;
/** By the clock it may last so many times as long, whatever the thread waited for. */
const LONGEST_FACTOR = 10;

/** @param begin is called at the start of each slice, and what it returns at the end of it. */
export function startTimeSlices(
  sliceMs = SLICE_MS,
  begin: () => () => void = () => () => {},
): TimeSlices {
  let startedAt = threadClockMs();
  let cpuBeforeMs = cpuClockMs();
  /** When the slice may be used up, by the clock. */
  let checkAtMs = startedAt + sliceMs;
  let end = begin();
  let longest = 0;
  let total = 0;
  let totalCpuMs = 0;

  function close(): void {
    const elapsed = threadClockMs() - startedAt;
    longest = math.max(longest, elapsed);
    total += elapsed;
    totalCpuMs += cpuClockMs() - cpuBeforeMs;
  }

  /** A thread that had to wait for a processor has not worked: each turn given then would cost another wait. */
  function isUsedUp(): boolean {
    const nowMs = threadClockMs();
    if (nowMs < checkAtMs) return false;
    const leftMs = sliceMs - (cpuClockMs() - cpuBeforeMs);
    checkAtMs = nowMs + leftMs;
    return leftMs <= 0 || nowMs - startedAt >= LONGEST_FACTOR * sliceMs;
  }

  async function pause(): Promise<void> {
    close();
    end();
    // An immediate would wait for the next event where it is unref'd, and hold the process where not.
    await nextTurn();
    startedAt = threadClockMs();
    cpuBeforeMs = cpuClockMs();
    checkAtMs = startedAt + sliceMs;
    end = begin();
  }

  return {
    async forEach(items, work) {
      for (const item of items) {
        if (isUsedUp()) await pause();
        work(item);
      }
    },
    longestMs: () => math.max(longest, threadClockMs() - startedAt),
    // Other threads of the process may have been counted in, but no thread works longer than the clock.
    workMs: () =>
      math.min(total + threadClockMs() - startedAt, totalCpuMs + cpuClockMs() - cpuBeforeMs),
    end: () => end(),
  };
}
