/**
 * Waiting for promises on the observed thread, whose program may have replaced `then`, and with it
 * `catch` and `finally`: what they threw would be a rejection that nobody handles, and end the program.
 */
const { apply } = Reflect;
const { then } = Promise.prototype;

/** Calls one of the two, as `then` does. Neither may throw. */
export function whenSettled<T>(
  promise: Promise<T>,
  onFulfilled: (value: T) => void,
  onRejected: (error: unknown) => void,
): void {
  void apply(then, promise, [onFulfilled, onRejected]);
}

/** Fulfills when the promise has settled, whichever way. */
export async function settled(promise: Promise<unknown> | undefined): Promise<void> {
  try {
    await promise;
  } catch {
    // Whoever wants to know has asked as well.
  }
}
