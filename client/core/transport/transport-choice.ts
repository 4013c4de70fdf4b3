/** Which way a connection goes: WebSocket, or plain HTTP where that is blocked on the way. */
export type Transport = 'websocket' | 'sse';

export interface TransportChoice {
  current(): Transport;
  /** A WebSocket stands. */
  socketOpened(): void;
  /** A WebSocket ended before the server said a word. */
  socketFailed(): void;
  /** Begins with WebSocket again: the network has changed, or server-sent events do not come either. */
  reset(): void;
}

export interface TransportChoiceOptions {
  /** @default 'auto' */
  transport?: 'auto' | Transport;
  webSocketImpl?: unknown;
}

/** One that has worked may fail once while the server starts again. */
const FAILURES_OF_A_PROVEN_SOCKET = 2;

/** @throws TypeError for `websocket` where there is no WebSocket */
export function createTransportChoice({
  transport = 'auto',
  webSocketImpl = globalThis.WebSocket,
}: TransportChoiceOptions): TransportChoice {
  const hasWebSocket = typeof webSocketImpl === 'function';
  if (transport === 'websocket' && !hasWebSocket) {
    throw new TypeError('transport is "websocket", which needs webSocketImpl where there is none');
  }
  const isFree = transport === 'auto' && hasWebSocket;
  const first = isFree ? 'websocket' : transport === 'auto' ? 'sse' : transport;
  let current: Transport = first;
  let failures = 0;
  let failuresUntilHttp = 1;
  return {
    current: () => current,
    reset() {
      current = first;
    },
    socketOpened() {
      failures = 0;
      failuresUntilHttp = FAILURES_OF_A_PROVEN_SOCKET;
    },
    socketFailed() {
      failures += 1;
      if (isFree && failures >= failuresUntilHttp) current = 'sse';
    },
  };
}
