/** Subscriptions over one shared WebSocket: opened by the first, closed with the last. */
import type { ExecutionResult, SubscriptionForwarder } from '@urql/core';
import { type ClientOptions, createClient } from 'graphql-ws/client';
import { SocketFailure } from './socket-failure.ts';

/** How often a silent connection is checked, and how long the answer may take. */
const PING_INTERVAL_MS = 15_000;
const PONG_TIMEOUT_MS = 15_000;
const ACK_TIMEOUT_MS = 10_000;

export interface SocketLink {
  forward: SubscriptionForwarder;
  /** Cuts the connection, open or opening. */
  terminate(): void;
}

export interface SocketLinkOptions {
  url: string;
  connectionParams: Record<string, string>;
  webSocketImpl?: unknown;
}

export function createSocketLink({
  url,
  connectionParams,
  webSocketImpl,
}: SocketLinkOptions): SocketLink {
  const active = new Set<unknown>();
  let isConnected = false;
  const watchdog = createPongWatchdog(() => socket.terminate());
  const on: ClientOptions['on'] = {
    connected: () => {
      isConnected = true;
    },
    closed: () => {
      isConnected = false;
      watchdog.rest();
    },
    ping: (received) => {
      if (!received) watchdog.expect();
    },
    pong: (received) => {
      if (received) watchdog.rest();
    },
  };
  const socket = createClient({
    url,
    connectionParams,
    webSocketImpl,
    // Whoever subscribes retries, because a new attempt has to resume from a new place.
    retryAttempts: 0,
    keepAlive: PING_INTERVAL_MS,
    connectionAckWaitTimeout: ACK_TIMEOUT_MS,
    on,
  });

  return {
    forward: ({ query = '', variables, operationName }) => ({
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
              observer.next({ data: null, hasNext: false });
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

/** A connection whose other end has vanished stays open for minutes unless somebody asks. */
function createPongWatchdog(onSilence: () => void) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    expect() {
      clearTimeout(timer);
      timer = setTimeout(onSilence, PONG_TIMEOUT_MS);
    },
    rest: () => clearTimeout(timer),
  };
}
