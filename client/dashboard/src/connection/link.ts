/** The page's one connection: whether it stands, and what is said over it. */

import { type Connection, createConnection } from '../../../core/connection.ts';
import type { Endpoint } from '../../../core/endpoint.ts';
import {
  type DiagnosticsClientError,
  DiagnosticsRequestError,
} from '../../../core/errors/errors.ts';
import { isAnswered } from '../../../core/query/answered.ts';
import type { TypedDocument } from '../../../core/query/query.ts';
import type { Transport } from '../../../core/transport/transport-choice.ts';
import { createStore, type Store } from '../state/store.ts';
import { sessionToken } from './session-token.ts';

export type Phase = 'connecting' | 'live' | 'lost' | 'unauthorized';

export interface LinkState {
  phase: Phase;
  /** How the metrics come: `sse` where WebSockets are blocked. */
  transport: Transport;
  /** Another one with every token. */
  connection: Connection;
  /** When the phase began, in milliseconds of the page's clock. */
  sinceMs: number;
  /** True once the connection has stood in this page. */
  hasBeenLive: boolean;
  /** True where a token was given and refused. */
  isTokenRefused: boolean;
}

export interface Link {
  state: Store<LinkState>;
  endpoint: Endpoint;
  /**
   * Asks for what does not need a component. An answer with errors is taken for its data where none
   * of its root fields failed.
   * @throws DiagnosticsClientError for any other one with errors
   */
  ask<Data, Variables extends Record<string, unknown>>(
    document: TypedDocument<Data, Variables>,
    variables: Variables,
  ): Promise<Data>;
  /** Uses this token from now on, for this browser session. */
  authorize(token: string): void;
  /** Called by whoever notices that answers come (again). */
  reportLive(transport?: Transport): void;
  /** Called by whoever notices that they do not. */
  reportFailure(error: DiagnosticsClientError): void;
}

/** Somebody looks at the page and wants to know. */
const KEEP_ALIVE = { intervalMs: 10_000, timeoutMs: 5_000 };

export function createLink(pageUrl: string): Link {
  const url = new URL('.', pageUrl);
  const connection = connect(sessionToken.read());
  const state = createStore<LinkState>({
    phase: 'connecting',
    transport: connection.transport(),
    connection,
    sinceMs: Date.now(),
    hasBeenLive: false,
    isTokenRefused: false,
  });

  function connect(token: string | null): Connection {
    return createConnection({
      url,
      token: token ?? undefined,
      keepAlive: KEEP_ALIVE,
      queriesBySocket: true,
    });
  }

  function enter(phase: Phase, changes: Partial<LinkState> = {}): void {
    const before = state.get();
    const sinceMs = before.phase === phase ? before.sinceMs : Date.now();
    const hasBeenLive = before.hasBeenLive || phase === 'live';
    state.set({ ...before, ...changes, phase, sinceMs, hasBeenLive });
  }

  function reportLive(transport = state.get().transport): void {
    if (state.get().phase !== 'live' || state.get().transport !== transport) {
      enter('live', { transport, isTokenRefused: false });
    }
  }

  function reportFailure(error: DiagnosticsClientError): void {
    const { phase } = state.get();
    if (isUnauthenticated(error)) {
      enter('unauthorized', { isTokenRefused: sessionToken.read() !== null });
    } else if (phase !== 'unauthorized' && phase !== 'lost') enter('lost');
  }

  async function ask<Data, Variables extends Record<string, unknown>>(
    document: TypedDocument<Data, Variables>,
    variables: Variables,
  ): Promise<Data> {
    const { connection } = state.get();
    try {
      return await connection.query(document, variables);
    } catch (error) {
      if (!(error instanceof DiagnosticsRequestError)) throw error;
      if (error.data !== null && isAnswered(error.data)) return error.data as Data;
      // An answer to an earlier token says nothing of this one.
      const isCurrent = connection === state.get().connection;
      if (isCurrent && isUnauthenticated(error)) reportFailure(error);
      throw error;
    }
  }

  function authorize(token: string): void {
    sessionToken.write(token);
    try {
      const connection = connect(token);
      state.get().connection.close();
      enter('connecting', { connection });
    } catch {
      // No header could carry it, so that it cannot be the right one.
      enter('unauthorized', { isTokenRefused: true });
    }
  }

  return { state, endpoint: connection.endpoint, ask, authorize, reportLive, reportFailure };
}

export function isUnauthenticated(error: DiagnosticsClientError): boolean {
  return error instanceof DiagnosticsRequestError && error.code === 'UNAUTHENTICATED';
}
