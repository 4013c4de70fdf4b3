/** Longer than any timer is held back in a visible tab: the machine or the tab was asleep. */
const ASLEEP_MS = 30_000;
const CHECK_MS = 5_000;

/**
 * Calls back when the tab comes back from sleep or the network returns, when a socket that
 * looks open may be dead.
 * @returns a function that ends it
 */
export function onWake(callback: () => void): () => void {
  let lastCheckMs = Date.now();
  const check = () => {
    // Timers of hidden tabs are slowed down so much that each would look like a sleep.
    if (document.visibilityState !== 'visible') return;
    const nowMs = Date.now();
    if (nowMs - lastCheckMs > ASLEEP_MS) callback();
    lastCheckMs = nowMs;
  };
  const timer = setInterval(check, CHECK_MS);
  document.addEventListener('visibilitychange', check);
  window.addEventListener('online', callback);
  return () => {
    clearInterval(timer);
    document.removeEventListener('visibilitychange', check);
    window.removeEventListener('online', callback);
  };
}
