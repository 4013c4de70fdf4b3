import type { Client as SocketClient } from 'graphql-ws';
import { createClient as createSocketClient } from 'graphql-ws';
import { Client, fetchExchange, subscriptionExchange } from 'urql';
import type { Endpoint } from '../../../core/endpoint.ts';

/** How often an idle socket is checked, and how long an answer may take: a slept laptop shows here. */
const KEEP_ALIVE_MS = 10_000;
const PONG_TIMEOUT_MS = 5_000;

export interface SocketEvents {
  opened(): void;
  /** @param code the close code; 4401 and 4403 mean that the token was refused */
  closed(code: number | null): void;
}

export interface SocketTransport {
  client: Client;
  /** Drops the socket at once, as after a sleep, so that the next request opens a new one. */
  terminate(): void;
}

const NO_CACHE = { requestPolicy: 'network-only', preferGetMethod: false } as const;

/** Everything (queries and subscriptions) over one WebSocket. */
export function createSocketTransport(
  endpoint: Endpoint,
  token: string | null,
  events: SocketEvents,
): SocketTransport {
  const socket = createSocketClient({
    url: endpoint.webSocket,
    retryAttempts: 0,
    keepAlive: KEEP_ALIVE_MS,
    connectionParams: token === null ? {} : { authorization: `Bearer ${token}` },
    // A refused connection is reported through `closed`; the feed decides when to try again.
    onNonLazyError: () => {},
    on: {
      connected: events.opened,
      closed: (event) => events.closed(event instanceof CloseEvent ? event.code : null),
    },
  });
  terminateWhenSilent(socket);
  const client = new Client({
    ...NO_CACHE,
    url: endpoint.http,
    exchanges: [
      subscriptionExchange({
        enableAllOperations: true,
        forwardSubscription: (request) => ({
          subscribe: (sink) => ({
            unsubscribe: socket.subscribe({ ...request, query: request.query ?? '' }, sink),
          }),
        }),
      }),
    ],
  });
  return { client, terminate: () => socket.terminate() };
}

function terminateWhenSilent(socket: SocketClient): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  socket.on('ping', (isReceived) => {
    if (isReceived) return;
    timer = setTimeout(() => socket.terminate(), PONG_TIMEOUT_MS);
  });
  socket.on('pong', (isReceived) => {
    if (isReceived) clearTimeout(timer);
  });
  socket.on('closed', () => clearTimeout(timer));
}

/** Request headers that the server's protection against forged requests asks for, and the token. */
export function requestHeaders(token: string | null): Record<string, string> {
  return {
    'x-pprofql-csrf': '1',
    ...(token === null ? {} : { authorization: `Bearer ${token}` }),
  };
}

/** Queries by POST and subscriptions by server-sent events, for networks that block WebSockets. */
export function createHttpTransport(endpoint: Endpoint, token: string | null): Client {
  return new Client({
    ...NO_CACHE,
    url: endpoint.http,
    fetchSubscriptions: true,
    fetchOptions: { headers: requestHeaders(token) },
    exchanges: [fetchExchange],
  });
}
