/** Long work on the observed loop, cut into slices that let the host run in between. */
import { nextTurn, threadClockMs } from '../../base/own-time.ts';

export interface TimeSlices {
  /** Works through the items. Before one at which the slice is used up, the host gets a turn. */
  forEach<T>(items: Iterable<T>, work: (item: T) => void): Promise<void>;
  /** The longest stretch without a pause so far, in milliseconds. */
  longestMs(): number;
  /** All the time spent between pauses so far, in milliseconds. */
  totalMs(): number;
  /** To be called after the last slice, before the host gets a turn. */
  end(): void;
}

const SLICE_MS = 4;

/** @param begin is called at the start of each slice, and what it returns at the end of it. */
export function startTimeSlices(
  sliceMs = SLICE_MS,
  begin: () => () => void = () => () => {},
): TimeSlices {
  let startedAt = threadClockMs();
  let end = begin();
  let longest = 0;
  let total = 0;

  function close(): void {
    const elapsed = threadClockMs() - startedAt;
    longest = Math.max(longest, elapsed);
    total += elapsed;
  }

  async function pause(): Promise<void> {
    close();
    end();
    // An immediate would wait for the next event where it is unref'd, and hold the process where not.
    await nextTurn();
    startedAt = threadClockMs();
    end = begin();
  }

  return {
    async forEach(items, work) {
      for (const item of items) {
        if (threadClockMs() - startedAt >= sliceMs) await pause();
        work(item);
      }
    },
    longestMs: () => Math.max(longest, threadClockMs() - startedAt),
    totalMs: () => total + threadClockMs() - startedAt,
    end: () => end(),
  };
}
