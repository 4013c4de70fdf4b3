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
  const firstFired = () => present.find((signal) => signal.aborted);
  const stop = () => {
    for (const signal of present) signal.removeEventListener('abort', listener);
  };
  const listener = () => {
    stop();
    callback(firstFired()?.reason);
  };
  if (firstFired() !== undefined) listener();
  else for (const signal of present) signal.addEventListener('abort', listener);
  return stop;
}
