/**
 * Joins callers: while one run of `work` is under way, everybody gets its outcome. So twenty
 * aliases of one field cost what one costs.
 */
export function singleFlight<T>(work: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | null = null;
  return () => {
    running ??= work().finally(() => {
      running = null;
    });
    return running;
  };
}
