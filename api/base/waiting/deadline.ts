/** Tells `listener` when waiting has become pointless, until the returned function is called. */
export type Hurry = (listener: () => void) => () => void;

/**
 * Settles as `promise` does, or with `onLate()` after `deadlineMs`, or sooner when `hurry` says so.
 * The promise itself goes on, and its late outcome is the caller's to use; a late rejection is
 * never unhandled.
 */
export function withDeadline<T>(
  promise: Promise<T>,
  deadlineMs: number,
  onLate: () => T | PromiseLike<T>,
  hurry: Hurry = () => () => {},
): Promise<T> {
  return new Promise((resolve, reject) => {
    const giveUp = () => {
      stopWaiting();
      try {
        resolve(onLate());
      } catch (error) {
        reject(error);
      }
    };
    // On the observed thread, waiting must not keep a finished program alive.
    const timer = setTimeout(giveUp, deadlineMs).unref();
    const stopHurrying = hurry(giveUp);
    const stopWaiting = () => {
      clearTimeout(timer);
      stopHurrying();
    };
    promise.then(resolve, reject).finally(stopWaiting);
  });
}
