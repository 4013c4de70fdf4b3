/**
 * The same callback, for whoever calls it with nobody around to catch: timers, listeners, observers,
 * message ports. What it throws goes nowhere: an error of ours must not become one of the program's.
 */
export function harmless<Args extends unknown[]>(
  callback: (...args: Args) => unknown,
): (...args: Args) => void {
  return (...args) => {
    try {
      callback(...args);
    } catch {
      // The program goes on as if nothing had been called.
    }
  };
}
