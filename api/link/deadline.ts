/**
 * Settles as `promise` does, or with `onLate()` after `deadlineMs`. The promise itself goes on, and
 * its late outcome is the caller's to use; a late rejection is never unhandled.
 */
export function withDeadline<T>(
  promise: Promise<T>,
  deadlineMs: number,
  onLate: () => T,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      try {
        resolve(onLate());
      } catch (error) {
        reject(error);
      }
    }, deadlineMs);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
