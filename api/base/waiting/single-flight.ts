import { whenSettled } from './settled.ts';

/**
 * Joins callers: while one run of `work` is under way, everybody gets its outcome. So twenty
 * aliases of one field cost what one costs.
 */
export function singleFlight<T>(work: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | null = null;
  const land = () => {
    running = null;
  };
  return () => {
    if (running === null) {
      running = work();
      // Before anybody else is told.
      whenSettled(running, land, land);
    }
    return running;
  };
}
