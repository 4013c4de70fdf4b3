/** Stands in for the stall watch where nothing watches the loop. */
import { createOwnReads } from './own-reads.ts';
import type { StallWatch } from './watch.ts';

const nothing = () => {};

/** @param reason why not, as a sentence without its full stop */
export function unwatchedLoop(reason: string): StallWatch {
  const ownReads = createOwnReads(nothing);
  return {
    status: () => ({
      state: 'RESPONSIVE',
      blockedForMs: 0,
      starvedForMs: 0,
      stack: null,
      sentence: `Nothing is known to block the event loop, but it is not watched: ${reason}.`,
      unwatchedReason: reason,
    }),
    stalls: () => [],
    past: () => [],
    totals: () => null,
    blockedForMs: () => null,
    onBegin: () => nothing,
    onEnd: () => nothing,
    duringOwnRead: ownReads.during,
    // When it fell silent nobody knows.
    isInOwnRead: ownReads.any,
    isReading: ownReads.any,
    stop: nothing,
  };
}
