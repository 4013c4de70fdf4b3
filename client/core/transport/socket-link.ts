/** Operations over one shared WebSocket: opened by the first, closed with the last. */
import type { ExecutionResult, SubscriptionForwarder } from '@urql/core';
import { type ClientOptions, createClient } from 'graphql-ws/client';
import { isLost, SocketFailure } from './socket-failure.ts';
import { createWatchdog } from './watchdog.ts';

/** From the first packet to the server's welcome. Something on the way may swallow either. */
const OPENING_TIMEOUT_MS = 10_000;

export interface KeepAliveOptions {
  /** How often a connection is checked. @default 15_000 */
  intervalMs?: number;
  /** How long the answer may take. @default 15_000 */
  timeoutMs?: number;
}

const DEFAULTS: Required<KeepAliveOptions> = { intervalMs: 15_000, timeoutMs: 15_000 };

export interface SocketLink {
  forward: SubscriptionForwarder;
  /** Cuts the connection, open or opening. */
  terminate(): void;
}

export interface SocketLinkOptions {
  url: string;
  connectionParams: Record<string, string>;
  webSocketImpl?: unknown;
  keepAlive?: KeepAliveOptions;
  /** The server has let this client in. */
  onOpened?(): void;
  /** An attempt was lost before that. */
  onFailed?(): void;
}

export function createSocketLink({
  url,
  connectionParams,
  webSocketImpl,
  keepAlive,
  onOpened,
  onFailed,
}: SocketLinkOptions): SocketLink {
  const { intervalMs, timeoutMs } = { ...DEFAULTS, ...keepAlive };
  const active = new Set<unknown>();
  let isOpening = false;
  let isConnected = false;
  const answer = createWatchdog(timeoutMs, () => socket.terminate());
  const welcome = createWatchdog(OPENING_TIMEOUT_MS, () => {
    endOpening(true);
    socket.terminate();
  });
  function endOpening(hasFailed: boolean): void {
    welcome.rest();
    if (isOpening && hasFailed) onFailed?.();
    isOpening = false;
  }
  const on: ClientOptions['on'] = {
    connecting: () => {
      isOpening = true;
      welcome.expect();
    },
    connected: () => {
      endOpening(false);
      isConnected = true;
      onOpened?.();
    },
    // Comes before `closed`, and so do the subscribers' errors.
    error: () => endOpening(true),
    closed: (event) => {
      endOpening(isLost(event));
      isConnected = false;
      answer.rest();
    },
    ping: (received) => {
      if (!received) answer.expect();
    },
    pong: (received) => {
      if (received) answer.rest();
    },
  };
  const socket = createClient({
    url,
    connectionParams,
    webSocketImpl,
    // Whoever subscribes retries, because a new attempt has to resume from a new place.
    retryAttempts: 0,
    keepAlive: intervalMs,
    on,
  });

  return {
    forward: ({ query = '', variables, operationName }, { kind }) => ({
      subscribe(observer) {
        active.add(observer);
        const unsubscribe = socket.subscribe(
          { query, variables: variables as Record<string, unknown>, operationName },
          {
            next: (result) => observer.next(result as ExecutionResult),
            error(problem) {
              active.delete(observer);
              observer.error(Array.isArray(problem) ? problem : new SocketFailure(problem));
            },
            complete() {
              active.delete(observer);
              // urql tells its subscribers of an end only by a result that says so.
              if (kind === 'subscription') observer.next({ data: null, hasNext: false });
              observer.complete();
            },
          },
        );
        return {
          unsubscribe() {
            active.delete(observer);
            unsubscribe();
            // Otherwise an attempt that hangs would go on with nobody waiting for it.
            if (active.size === 0 && !isConnected) socket.terminate();
          },
        };
      },
    }),
    terminate: () => socket.terminate(),
  };
}
