/** Which way a connection goes: WebSocket, or plain HTTP where that is blocked on the way. */
export type Transport = 'websocket' | 'sse';

export interface TransportChoice {
  current(): Transport;
  /** A WebSocket stands. */
  socketOpened(): void;
  /** A WebSocket ended before the server said a word. */
  socketFailed(): void;
  /** Server-sent events did not come either: it is not the WebSocket that is blocked. */
  eventsFailed(): void;
  /** Begins with WebSocket again, as after a change of the network. */
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
  const reset = () => {
    current = first;
  };
  return {
    current: () => current,
    reset,
    eventsFailed: reset,
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
