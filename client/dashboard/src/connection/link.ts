/** The page's one connection: which way it goes, whether it stands, and how to get it back. */
import type { Client } from 'urql';
import { type Endpoint, resolveEndpoint } from '../../../core/endpoint.ts';
import { createStore, type Store } from '../shared/store.ts';
import { sessionToken } from './session-token.ts';
import { createHttpTransport, createSocketTransport, requestHeaders } from './transport.ts';

export type Phase = 'connecting' | 'live' | 'lost' | 'unauthorized';

export interface LinkState {
  phase: Phase;
  /** `http` where WebSockets are blocked. */
  transport: 'socket' | 'http';
  client: Client;
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
  /** Uses this token from now on, for this browser session. */
  authorize(token: string): void;
  /** Called by whoever notices that answers come (again), or that they do not. */
  report(phase: 'live' | 'lost' | 'unauthorized'): void;
  /** Drops the connection so that the next request makes a new one. */
  reset(): void;
}

const UNAUTHORIZED_CODES: readonly (number | null)[] = [4401, 4403];
/** A socket that fails this often while HTTP works is blocked on the way. */
const FAILURES_UNTIL_HTTP = 2;

export function createLink(pageUrl: string): Link {
  const endpoint = resolveEndpoint(new URL('.', pageUrl));
  let failures = 0;
  let terminate = () => {};

  const state = createStore<LinkState>({
    phase: 'connecting',
    transport: 'socket',
    client: openSocket(),
    sinceMs: Date.now(),
    hasBeenLive: false,
    isTokenRefused: false,
  });

  function openSocket(): Client {
    const transport = createSocketTransport(endpoint, sessionToken.read(), {
      opened: () => report('live'),
      closed: (code) => {
        if (UNAUTHORIZED_CODES.includes(code)) report('unauthorized');
        else void judgeClosedSocket();
      },
    });
    terminate = transport.terminate;
    return transport.client;
  }

  function report(phase: Phase): void {
    const before = state.get();
    if (before.phase === 'unauthorized' && phase === 'lost') return;
    if (before.phase === phase) return;
    if (phase === 'live') failures = 0;
    state.set({
      ...before,
      phase,
      sinceMs: Date.now(),
      hasBeenLive: before.hasBeenLive || phase === 'live',
      isTokenRefused: phase === 'unauthorized' && sessionToken.read() !== null,
    });
  }

  async function judgeClosedSocket(): Promise<void> {
    if (state.get().hasBeenLive) report('lost');
    const status = await probeHttp(endpoint.http);
    if (state.get().phase === 'live') return;
    if (status === 401) return report('unauthorized');
    if (status === 200) failures += 1;
    report('lost');
    if (failures >= FAILURES_UNTIL_HTTP && state.get().transport === 'socket') {
      const client = createHttpTransport(endpoint, sessionToken.read());
      state.set({ ...state.get(), transport: 'http', client });
    }
  }

  return {
    state,
    endpoint,
    report,
    reset: () => terminate(),
    authorize(token) {
      sessionToken.write(token);
      const { transport } = state.get();
      const client = transport === 'socket' ? openSocket() : createHttpTransport(endpoint, token);
      failures = 0;
      state.set({ ...state.get(), client, phase: 'connecting', sinceMs: Date.now() });
    },
  };
}

/** @returns the HTTP status of the smallest possible query, or null where nothing answers */
async function probeHttp(url: string): Promise<number | null> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...requestHeaders(sessionToken.read()) },
      body: JSON.stringify({ query: '{ __typename }' }),
    });
    return response.status;
  } catch {
    return null;
  }
}
