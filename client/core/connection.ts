/** The urql client and the two ways a subscription can go: WebSocket or server-sent events. */
import {
  Client,
  type CombinedError,
  createRequest,
  fetchExchange,
  type GraphQLRequest,
  subscriptionExchange,
  type TypedDocumentNode,
} from '@urql/core';
import { fromCombinedError } from './combined-error.ts';
import { type Endpoint, resolveEndpoint } from './endpoint.ts';
import type { DiagnosticsClientError } from './errors.ts';
import { onAbort } from './on-abort.ts';
import { quietFetch } from './quiet-fetch.ts';
import { createSocketLink, type SocketLink } from './socket/socket-link.ts';

export type Transport = 'websocket' | 'sse';

export interface ConnectionOptions {
  url: string | URL;
  token?: string;
  fetch?: typeof globalThis.fetch;
  webSocketImpl?: unknown;
}

export interface SubscriptionObserver<Data> {
  next(data: Data): void;
  /** Called once, never after `unsubscribe`. Null where the server ended it without an error. */
  end(error: DiagnosticsClientError | null): void;
}

export interface Connection {
  urql: Client;
  endpoint: Endpoint;
  query<Data, Variables extends Record<string, unknown>>(
    document: TypedDocumentNode<Data, Variables> | string,
    variables: Variables,
    signals: readonly (AbortSignal | undefined)[],
  ): Promise<Data>;
  /** @returns what unsubscribes */
  subscribe<Data, Variables extends Record<string, unknown>>(
    document: TypedDocumentNode<Data, Variables>,
    variables: Variables,
    transport: Transport,
    observer: SubscriptionObserver<Data>,
  ): () => void;
  close(): void;
}

/** Keys of our subscriptions lie above urql's 32-bit hashes, which they must never meet. */
const FIRST_OWN_KEY = 2 ** 32;

export function createConnection(options: ConnectionOptions): Connection {
  const endpoint = resolveEndpoint(options.url);
  const authorization = authorizationOf(options.token);
  let link: SocketLink | null = null;
  let lastKey = FIRST_OWN_KEY;

  function socketLink(): SocketLink {
    link ??= createSocketLink({
      url: endpoint.webSocket,
      connectionParams: authorization,
      webSocketImpl: options.webSocketImpl,
    });
    return link;
  }

  const urql = new Client({
    url: endpoint.http,
    fetch: quietFetch(options.fetch ?? globalThis.fetch),
    fetchOptions: { headers: authorization },
    preferGetMethod: false,
    requestPolicy: 'network-only',
    exchanges: [
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: (request, operation) => socketLink().forward(request, operation),
      }),
    ],
  });

  function execute<Data, Variables extends Record<string, unknown>>(
    document: TypedDocumentNode<Data, Variables> | string,
    variables: Variables,
  ) {
    const request = createRequest(document, variables);
    return isMutation(request.query) ? urql.executeMutation(request) : urql.executeQuery(request);
  }

  const toError = (error: CombinedError, data?: unknown) =>
    fromCombinedError(error, endpoint.http, data);

  return {
    urql,
    endpoint,
    query(document, variables, signals) {
      return new Promise((resolve, reject) => {
        let isOver = false;
        let unsubscribe = () => {};
        const ignoreSignals = onAbort(signals, (reason) => {
          isOver = true;
          unsubscribe();
          reject(reason);
        });
        if (isOver) return;
        const subscription = execute(document, variables).subscribe((result) => {
          if (result.stale || result.hasNext) return;
          ignoreSignals();
          // Not at once: urql is still handing this result out.
          queueMicrotask(() => unsubscribe());
          if (result.error) reject(toError(result.error, result.data));
          else resolve(result.data as never);
        });
        unsubscribe = () => subscription.unsubscribe();
      });
    },
    subscribe(document, variables, transport, observer) {
      // With urql's own key, two equal subscriptions would be one, and the second miss the window.
      lastKey += 1;
      const request = { ...createRequest(document, variables), key: lastKey };
      let isOver = false;
      const end = (error: DiagnosticsClientError | null) => {
        isOver = true;
        queueMicrotask(() => subscription.unsubscribe());
        observer.end(error);
      };
      const subscription = urql
        .executeSubscription(request, { fetchSubscriptions: transport === 'sse' })
        .subscribe((result) => {
          if (isOver) return;
          if (result.error) end(toError(result.error, result.data));
          else if (result.hasNext === false) end(null);
          else if (result.data) observer.next(result.data as never);
        });
      return () => {
        isOver = true;
        subscription.unsubscribe();
      };
    },
    close: () => link?.terminate(),
  };
}

function isMutation({ definitions }: GraphQLRequest['query']): boolean {
  return definitions.some(
    (definition) =>
      definition.kind === 'OperationDefinition' && definition.operation === 'mutation',
  );
}

/** @throws TypeError for a token that no header can carry */
function authorizationOf(token: string | undefined): Record<string, string> {
  if (token === undefined) return {};
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new TypeError('token is (hidden), allowed is printable ASCII without spaces');
  }
  return { authorization: `Bearer ${token}` };
}
