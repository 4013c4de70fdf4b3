/** The SDK: one object with a typed method for each question the API answers. */
import type { Client } from '@urql/core';
import { createConnection } from './core/connection.ts';
import type { RequestOptions, TargetAccess, TypedDocument } from './core/query/query.ts';
import { askTarget } from './core/query/target-query.ts';
import type { Transport } from './core/transport/transport-choice.ts';
import { TargetsDocument, type TargetsQuery } from './generated/graphql.ts';
import { createHealthChanges } from './methods/health.ts';
import { createMetricsHistory, type ReconnectOptions } from './methods/metrics-history.ts';
import { createServiceMethods, type ServiceMethods } from './methods/services.ts';
import { createTargetMethods, type TargetMethods } from './methods/target-methods.ts';

export type Target = TargetsQuery['targets'][number];

export interface DiagnosticsClientOptions extends ReconnectOptions {
  /**
   * The address printed at start, its `/graphql`, or the prefix a handler is mounted at. In a
   * browser it may be relative to the page.
   */
  url: string | URL;
  /** Bearer token. @default none */
  token?: string;
  /** @default the global `fetch` */
  fetch?: typeof globalThis.fetch;
  /** A WebSocket class, where the global one is missing or wanting. @default the global `WebSocket` */
  webSocketImpl?: unknown;
  /**
   * How subscriptions come. `auto` takes WebSocket, and server-sent events where no WebSocket can
   * be opened (any more): a proxy in between, a handler mounted without upgrades. @default 'auto'
   */
  transport?: 'auto' | Transport;
}

/** The methods ask the default target; `target(name)` has the same ones for another. */
export interface DiagnosticsClient
  extends TargetMethods,
    ServiceMethods,
    Disposable,
    AsyncDisposable {
  /**
   * The same methods for one of `targets()`. Nothing is asked yet: the methods reject with the code
   * `NOT_FOUND` where there is no target of this name.
   */
  target(name: string): TargetMethods;
  /** What can be asked about, the default target first. */
  targets(options?: RequestOptions): Promise<Target[]>;
  /** Any other query or mutation, by a typed document (such as from GraphQL Code Generator) or a string. */
  query<Data = unknown, Variables extends Record<string, unknown> = Record<string, unknown>>(
    document: TypedDocument<Data, Variables> | string,
    variables: Variables,
    options?: RequestOptions,
  ): Promise<Data>;
  /** The urql client underneath, for the React, Vue or Svelte bindings of urql. */
  readonly urql: Client;
  /** Ends every request and iteration and closes the connection. Can be repeated. */
  dispose(): void;
}

/** @throws TypeError for a url, token or transport that cannot be one */
export function createDiagnosticsClient(options: DiagnosticsClientOptions): DiagnosticsClient {
  const connection = createConnection(options);
  const lifetime = new AbortController();
  const streams = {
    metricsHistory: createMetricsHistory(connection, options, lifetime.signal),
    healthChanges: createHealthChanges(connection, options, lifetime.signal),
  };

  async function query<Data, Variables extends Record<string, unknown>>(
    document: TypedDocument<Data, Variables> | string,
    variables: Variables,
    { signal }: RequestOptions = {},
  ): Promise<Data> {
    return connection.query(document, variables, [signal, lifetime.signal]);
  }

  const accessTo = (target?: string): TargetAccess => ({
    target,
    pageUrl: connection.endpoint.page,
    ask: async (document, { signal, ...variables }: RequestOptions = {}) =>
      onlyFieldOf(await askTarget(query, target, document, variables as never, { signal })),
    change: async (document, { signal, ...variables }: RequestOptions = {}) =>
      onlyFieldOf(await query(document, { ...variables, target } as never, { signal })),
  });
  const toDefault = accessTo();

  function dispose(): void {
    lifetime.abort(new DOMException('the diagnostics client was disposed', 'AbortError'));
    connection.close();
  }

  return {
    ...createTargetMethods(toDefault, streams),
    ...createServiceMethods(toDefault),
    target: (name) => createTargetMethods(accessTo(name), streams),
    query,
    dispose,
    urql: connection.urql,
    targets: (options) => toDefault.ask(TargetsDocument, options),
    [Symbol.dispose]: dispose,
    [Symbol.asyncDispose]: async () => dispose(),
  };
}

/** @param data of a document that asks for one field, without errors */
function onlyFieldOf(data: unknown): never {
  return Object.values(data as object)[0] as never;
}
