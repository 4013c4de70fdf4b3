/** Those who wait until something has changed. */
export interface Wakers {
  /** Settles at the next change, when the signal fires, and at once where this has ended. */
  nextChange(signal?: AbortSignal): Promise<void>;
  /** Something has changed: wakes everybody who waits. */
  wakeAll(): void;
  /** Wakes everybody for the last time. Idempotent. */
  end(): void;
}

export function createWakers(): Wakers {
  const waiting = new Set<() => void>();
  let hasEnded = false;

  function wakeAll(): void {
    const woken = [...waiting];
    waiting.clear();
    for (const wake of woken) wake();
  }

  return {
    nextChange: (signal) =>
      new Promise((resolve) => {
        const wake = () => {
          waiting.delete(wake);
          signal?.removeEventListener('abort', wake);
          resolve();
        };
        waiting.add(wake);
        signal?.addEventListener('abort', wake);
        if (signal?.aborted || hasEnded) wake();
      }),
    wakeAll,
    end() {
      hasEnded = true;
      wakeAll();
    },
  };
}
