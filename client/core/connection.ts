/** The urql client and the two ways an operation can go: WebSocket or HTTP. */
import {
  Client,
  type CombinedError,
  createRequest,
  fetchExchange,
  type GraphQLRequest,
  makeOperation,
  type Operation,
  type OperationResult,
  subscriptionExchange,
} from '@urql/core';
import { authorizationOf } from './authorization.ts';
import { type Endpoint, resolveEndpoint } from './endpoint.ts';
import { fromCombinedError } from './errors/combined-error.ts';
import type { DiagnosticsClientError } from './errors/errors.ts';
import { onAbort } from './on-abort.ts';
import type { TypedDocument } from './query/query.ts';
import { quietFetch } from './transport/quiet-fetch.ts';
import { repeatedFetch } from './transport/repeated-fetch.ts';
import {
  createSocketLink,
  type KeepAliveOptions,
  type SocketLink,
} from './transport/socket-link.ts';
import {
  createTransportChoice,
  type Transport,
  type TransportChoiceOptions,
} from './transport/transport-choice.ts';

export interface ConnectionOptions extends TransportChoiceOptions {
  url: string | URL;
  token?: string;
  fetch?: typeof globalThis.fetch;
  keepAlive?: KeepAliveOptions;
  /** Queries and mutations take the WebSocket too, unless it is blocked. @default false */
  queriesBySocket?: boolean;
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
    document: TypedDocument<Data, Variables> | string,
    variables: Variables,
    signals?: readonly (AbortSignal | undefined)[],
  ): Promise<Data>;
  /** @returns what unsubscribes */
  subscribe<Data, Variables extends Record<string, unknown>>(
    document: TypedDocument<Data, Variables>,
    variables: Variables,
    transport: Transport,
    observer: SubscriptionObserver<Data>,
  ): () => void;
  /** The way that the next subscription is to take. */
  transport(): Transport;
  /** Cuts the WebSocket, and begins with one again. */
  reset(): void;
  close(): void;
}

/** Keys of our subscriptions lie above urql's 32-bit hashes, which they must never meet. */
const FIRST_OWN_KEY = 2 ** 32;

export function createConnection(options: ConnectionOptions): Connection {
  const endpoint = resolveEndpoint(options.url);
  const authorization = authorizationOf(options.token);
  const choice = createTransportChoice(options);
  const fetchOnce = quietFetch(options.fetch ?? globalThis.fetch);
  let link: SocketLink | null = null;
  let lastKey = FIRST_OWN_KEY;

  function socketLink(): SocketLink {
    link ??= createSocketLink({
      url: endpoint.webSocket,
      connectionParams: authorization,
      webSocketImpl: options.webSocketImpl,
      keepAlive: options.keepAlive,
      onOpened: choice.socketOpened,
      onFailed: choice.socketFailed,
    });
    return link;
  }

  function goesBySocket({ kind, context }: Operation): boolean {
    if (kind === 'subscription') return context.fetchSubscriptions !== true;
    return options.queriesBySocket === true && choice.current() === 'websocket';
  }

  const urql = new Client({
    url: endpoint.http,
    fetch: repeatedFetch(fetchOnce),
    fetchOptions: { headers: authorization },
    preferGetMethod: false,
    requestPolicy: 'network-only',
    exchanges: [
      subscriptionExchange({
        isSubscriptionOperation: goesBySocket,
        forwardSubscription: (request, operation) => socketLink().forward(request, operation),
      }),
      fetchExchange,
    ],
  });

  /** @returns what unsubscribes, and ends the request where its answer has not come */
  function execute<Data, Variables extends Record<string, unknown>>(
    document: TypedDocument<Data, Variables> | string,
    variables: Variables,
    take: (result: OperationResult<Data, Variables>) => void,
  ): () => void {
    const request = requestOf(document, variables);
    if (!isMutation(request.query)) return urql.executeQuery(request).subscribe(take).unsubscribe;
    // By itself urql lets a mutation go on that nobody waits for any more. The key is its own, so
    // that the end of one is not the end of another that is equal.
    lastKey += 1;
    const own = { ...request, key: lastKey };
    const operation = urql.createRequestOperation('mutation', own, { fetch: fetchOnce });
    const { unsubscribe } = urql.executeRequestOperation(operation).subscribe(take);
    return () => {
      unsubscribe();
      urql.reexecuteOperation(makeOperation('teardown', operation, operation.context));
    };
  }

  const toError = (error: CombinedError, data: unknown) =>
    fromCombinedError(error, endpoint.http, data);

  return {
    urql,
    endpoint,
    query(document, variables, signals = []) {
      return new Promise((resolve, reject) => {
        let isOver = false;
        let unsubscribe = () => {};
        const ignoreSignals = onAbort(signals, (reason) => {
          isOver = true;
          unsubscribe();
          reject(reason);
        });
        if (isOver) return;
        unsubscribe = execute(document, variables, (result) => {
          if (result.stale || result.hasNext) return;
          ignoreSignals();
          // Not at once: urql is still handing this result out.
          queueMicrotask(() => unsubscribe());
          if (result.error) reject(toError(result.error, result.data));
          else resolve(result.data as never);
        });
      });
    },
    subscribe(document, variables, transport, observer) {
      // With urql's own key, two equal subscriptions would be one, and the second miss the window.
      lastKey += 1;
      const request = { ...requestOf(document, variables), key: lastKey };
      let isOver = false;
      let hasData = false;
      const end = (error: DiagnosticsClientError | null) => {
        isOver = true;
        if (transport === 'sse' && !hasData) choice.reset();
        queueMicrotask(() => subscription.unsubscribe());
        observer.end(error);
      };
      const subscription = urql
        .executeSubscription(request, { fetchSubscriptions: transport === 'sse' })
        .subscribe((result) => {
          if (isOver) return;
          if (result.error) end(toError(result.error, result.data));
          else if (result.hasNext === false) end(null);
          else if (result.data) {
            hasData = true;
            observer.next(result.data as never);
          }
        });
      return () => {
        isOver = true;
        subscription.unsubscribe();
      };
    },
    transport: choice.current,
    reset() {
      choice.reset();
      link?.terminate();
    },
    close: () => link?.terminate(),
  };
}

function requestOf<Data, Variables extends Record<string, unknown>>(
  document: TypedDocument<Data, Variables> | string,
  variables: Variables,
): GraphQLRequest<Data, Variables> {
  // A typed text is an object too, of which only the text means something to urql.
  const isText = document instanceof String;
  return createRequest<Data, Variables>(isText ? `${document}` : (document as string), variables);
}

function isMutation({ definitions }: GraphQLRequest['query']): boolean {
  return definitions.some(
    (definition) =>
      definition.kind === 'OperationDefinition' && definition.operation === 'mutation',
  );
}
