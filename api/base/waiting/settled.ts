/**
 * Waiting for promises on the observed thread, whose program may have replaced `then`, and with it
 * `catch` and `finally`: what they threw would be a rejection that nobody handles, and end the program.
 */
import { harmless } from '../harmless.ts';

const { apply } = Reflect;
const { then } = Promise.prototype;

/**
 * Calls one of the two, as `then` does. What it throws goes nowhere: whatever it needs of JavaScript itself, the
 * program may have replaced by then.
 */
export function whenSettled<T>(
  promise: Promise<T>,
  onFulfilled: (value: T) => void,
  onRejected: (error: unknown) => void,
): void {
  void apply(then, promise, [harmless(onFulfilled), harmless(onRejected)]);
}

/** Fulfills when the promise has settled, whichever way. */
export async function settled(promise: Promise<unknown> | undefined): Promise<void> {
  try {
    await promise;
  } catch {
    // Whoever wants to know has asked as well.
  }
}
