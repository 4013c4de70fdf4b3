/** Reads of pprofql that stop the observed loop: which are under way, and when each of them did. */
import { monotonicMs } from '../../link/heartbeat.ts';
import type { OwnPause } from './own-pause.ts';
import type { Span } from './span.ts';

export interface OwnReads {
  during<T>(read: Promise<T>, pauseOf: (value: T) => OwnPause): Promise<T>;
  /**
   * Whether one that has not been answered yet was begun before then, by the clock of the heartbeat, or
   * before the last one was answered: the thread goes on to the next without a turn between them.
   */
  anyBegunBefore(atMs: number): boolean;
  /** Whether any has not been answered yet. */
  any(): boolean;
}

/** @param onPause told when a read that was answered stopped the loop, by the clock on the wall */
export function createOwnReads(onPause: (pause: Span) => void): OwnReads {
  const reads = new Set<{ startedMs: number }>();
  let lastAnsweredMs = 0;
  return {
    async during(read, pauseOf) {
      const own = { startedMs: monotonicMs() };
      reads.add(own);
      try {
        const value = await read;
        const { endedAtMs, pauseMs } = pauseOf(value);
        onPause({ startMs: endedAtMs - pauseMs, endMs: endedAtMs });
        return value;
      } finally {
        reads.delete(own);
        lastAnsweredMs = monotonicMs();
      }
    },
    anyBegunBefore(atMs) {
      const latestMs = Math.max(atMs, lastAnsweredMs);
      return [...reads].some(({ startedMs }) => startedMs < latestMs);
    },
    any: () => reads.size > 0,
  };
}
