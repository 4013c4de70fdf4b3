/** Keeping one WebSocket honest: it logs in, answers pings, and takes what it asked for. */
import type { WebSocket } from 'ws';

const CLOSE_LOGIN_TIMEOUT = 4408;
const PING_INTERVAL_MS = 15_000;

/**
 * Settles when the data has left for the network, so that a subscription whose reader is slow is
 * not asked for its next value; what it misses is shed at the source.
 */
export function sendWhenTaken(socket: WebSocket, data: string): Promise<void> {
  if (socket.readyState !== socket.OPEN) return Promise.resolve();
  // A failed write is followed by the close of the socket, which ends every operation.
  return new Promise((resolve) => socket.send(data, () => resolve()));
}

/** Pings, and cuts off a peer that has not answered by the next ping. */
export function keepAlive(socket: WebSocket): () => void {
  let isAlive = true;
  socket.on('pong', () => {
    isAlive = true;
  });
  const check = () => {
    if (!isAlive) return socket.terminate();
    isAlive = false;
    socket.ping();
  };
  // After a blocked loop the timer comes first; an answer that has long arrived must count.
  const timer = setInterval(() => setImmediate(check), PING_INTERVAL_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/** @returns what ends the wait, once the client has logged in or gone. */
export function closeUnlessLoggedIn(socket: WebSocket, timeoutMs: number): () => void {
  const timer = setTimeout(
    () => socket.close(CLOSE_LOGIN_TIMEOUT, 'Connection initialization timeout'),
    timeoutMs,
  );
  timer.unref();
  return () => clearTimeout(timer);
}
