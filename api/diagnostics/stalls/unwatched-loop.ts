/** Stands in for the stall watch where nothing watches the loop. */
import type { StallWatch } from './watch.ts';

const nothing = () => {};

/** @param reason why not, as a sentence without its full stop */
export function unwatchedLoop(reason: string): StallWatch {
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
    duringOwnRead: (read) => read,
    stop: nothing,
  };
}
