/**
 * Calls back once, with the reason, when the first of the signals fires or has fired already.
 * (`AbortSignal.any` would tie a new signal to the long-lived one for every request.)
 * @returns what stops listening
 */
export function onAbort(
  signals: readonly (AbortSignal | undefined)[],
  callback: (reason: unknown) => void,
): () => void {
  const present = signals.filter((signal) => signal !== undefined);
  const stop = () => {
    for (const signal of present) signal.removeEventListener('abort', listener);
  };
  const listener = (event: Event) => fire(event.currentTarget as AbortSignal);
  const fire = (signal: AbortSignal) => {
    stop();
    callback(signal.reason);
  };
  const fired = present.find((signal) => signal.aborted);
  if (fired !== undefined) fire(fired);
  else for (const signal of present) signal.addEventListener('abort', listener);
  return stop;
}
