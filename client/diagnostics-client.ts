/** The SDK: one object with a typed method for each question the API answers. */
import type { Client } from '@urql/core';
import { type CaptureMethods, createCaptureMethods } from './captures.ts';
import { createConnection } from './core/connection.ts';
import type { HistoryOptions } from './core/history/history-stream.ts';
import type { RequestOptions, TargetRequestOptions, TypedDocument } from './core/query.ts';
import type { Transport } from './core/transport-choice.ts';
import { type CpuProfileMethods, createCpuProfileMethods } from './cpu-profiles.ts';
import { createEventLoopMethods, type EventLoopMethods } from './event-loop.ts';
import {
  GoroutinesDocument,
  type GoroutinesQuery,
  InstrumentationDocument,
  type InstrumentationQuery,
  PprofDocument,
  PprofFiguresDocument,
  type PprofFiguresQuery,
  type PprofQuery,
  ProcessDocument,
  type ProcessQuery,
  TargetsDocument,
  type TargetsQuery,
} from './generated/graphql.ts';
import {
  createMetricsHistory,
  type HistoryStream,
  type ReconnectOptions,
} from './metrics-history.ts';

export type Pprof = PprofQuery['pprof'];
/** `Pprof` without the allocation tables. */
export type PprofFigures = PprofFiguresQuery['pprof'];
export type Goroutines = GoroutinesQuery['goroutines'];
export type ProcessInfo = ProcessQuery['process'];
export type Instrumentation = InstrumentationQuery['instrumentation'];
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

/**
 * Every method that returns a promise rejects with `DiagnosticsUnreachableError` where the server
 * could not be reached, with `DiagnosticsRequestError` where it said no, and with the reason of the
 * signal where that fired (an `AbortError` after `dispose()`). Equal requests that overlap share
 * one answer. There is no cache and no timeout: pass `AbortSignal.timeout(ms)` for one.
 */
export interface DiagnosticsClient
  extends CaptureMethods,
    CpuProfileMethods,
    EventLoopMethods,
    Disposable,
    AsyncDisposable {
  /** Memory, CPU, runtime figures, history, and who allocated what. Reads the heap sampler. */
  pprof(options?: TargetRequestOptions & { allocations?: true }): Promise<Pprof>;
  /** Without the allocation tables: cheap enough to poll every second. */
  pprof(options: TargetRequestOptions & { allocations: false }): Promise<PprofFigures>;
  /** Live async tasks in groups; `raw` adds the text dump. @default raw: false */
  goroutines(options?: TargetRequestOptions & { raw?: boolean }): Promise<Goroutines>;
  /** Constant facts about the observed process. */
  process(options?: TargetRequestOptions): Promise<ProcessInfo>;
  /** What can be asked about, the default target first. */
  targets(options?: RequestOptions): Promise<Target[]>;
  /** What pprofql costs the process it observes. */
  instrumentation(options?: RequestOptions): Promise<Instrumentation>;
  /**
   * The retained points (or those newer than `after`), then each new one, in order, for as long as
   * it is read. It reconnects by itself, without hole or duplicate; `droppedBefore` of a point says
   * how many before it are lost for good. A new `instanceId` starts a new series.
   *
   * Throws where the first connection cannot be made, and wherever the server says no. Later
   * losses are retried without end; `onStatus` tells of them. Ends with the signal or `dispose()`.
   */
  metricsHistory(options?: HistoryOptions & { target?: string }): HistoryStream;
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
  const metricsHistory = createMetricsHistory(connection, options, lifetime.signal);

  async function query<Data, Variables extends Record<string, unknown>>(
    document: TypedDocument<Data, Variables> | string,
    variables: Variables,
    { signal }: RequestOptions = {},
  ): Promise<Data> {
    return connection.query(document, variables, [signal, lifetime.signal]);
  }

  function pprof(options?: TargetRequestOptions & { allocations?: true }): Promise<Pprof>;
  function pprof(options: TargetRequestOptions & { allocations: false }): Promise<PprofFigures>;
  async function pprof({
    allocations,
    target,
    signal,
  }: TargetRequestOptions & { allocations?: boolean } = {}) {
    const document = allocations === false ? PprofFiguresDocument : PprofDocument;
    return (
      await query<PprofQuery | PprofFiguresQuery, { target?: string }>(
        document,
        { target },
        { signal },
      )
    ).pprof;
  }

  function dispose(): void {
    lifetime.abort(new DOMException('the diagnostics client was disposed', 'AbortError'));
    connection.close();
  }

  return {
    ...createCaptureMethods(query),
    ...createCpuProfileMethods(query),
    ...createEventLoopMethods(query),
    pprof,
    query,
    dispose,
    urql: connection.urql,
    async goroutines({ raw = false, target, signal } = {}) {
      return (await query(GoroutinesDocument, { raw, target }, { signal })).goroutines;
    },
    async process({ target, signal } = {}) {
      return (await query(ProcessDocument, { target }, { signal })).process;
    },
    async targets(options) {
      return (await query(TargetsDocument, {}, options)).targets;
    },
    async instrumentation(options) {
      return (await query(InstrumentationDocument, {}, options)).instrumentation;
    },
    metricsHistory: ({ target, ...options } = {}) => metricsHistory(target, options),
    [Symbol.dispose]: dispose,
    [Symbol.asyncDispose]: async () => dispose(),
  };
}
