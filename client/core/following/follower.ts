/** Follows a subscription through lost connections and restarted servers. */

import {
  type DiagnosticsClientError,
  DiagnosticsRequestError,
  DiagnosticsUnreachableError,
} from '../errors/errors.ts';
import type { Transport } from '../transport/transport-choice.ts';
import { type BackoffOptions, backoffMs } from './backoff.ts';

export type ConnectionStatus =
  | { state: 'connecting'; transport: Transport }
  /** Something has come on this connection. */
  | { state: 'live'; transport: Transport }
  /** The connection was lost, or an attempt failed; the next is in `retryInMs`. */
  | { state: 'waiting'; transport: Transport; retryInMs: number; error: DiagnosticsClientError }
  | { state: 'closed' };

/** Where the events come from. */
export interface SubscriptionSource<Event> {
  url: string;
  /** The way that the next attempt is to take. */
  transport(): Transport;
  subscribe(
    transport: Transport,
    observer: {
      next(event: Event): void;
      end(error: DiagnosticsClientError | null): void;
    },
  ): () => void;
  /** Cuts what looks like a connection, so that the next attempt makes a new one. */
  reset(): void;
}

export interface FollowerOptions {
  backoff?: BackoffOptions;
  /** Whether a first connection that cannot be made is tried again, as a later one is. @default false */
  isPatient?: boolean;
  /** Whether to give up for this error. @default whatever the server says no to, unless it is stopping */
  isFinal?(error: DiagnosticsClientError): boolean;
  onStatus?(status: ConnectionStatus): void;
  /** Called once, never after `stop()`: nothing more comes. */
  onEnd(error: DiagnosticsClientError): void;
}

export interface Follower {
  /** Tries at once, over a new connection. */
  retryNow(): void;
  stop(): void;
}

/** A stopping server says no to what its successor will answer. */
const RETRYABLE_CODE = 'STOPPED';

/** @param onEvent may call what it is given to subscribe anew, such as from another place */
export function followSubscription<Event>(
  source: SubscriptionSource<Event>,
  options: FollowerOptions & { onEvent(event: Event, resubscribe: () => void): void },
): Follower {
  const { backoff, isPatient = false, isFinal = isRefusal, onStatus = () => {} } = options;
  let hasBeenLive = false;
  let isOver = false;
  let failures = 0;
  let retryTimer: ReturnType<typeof setTimeout> | undefined;
  let unsubscribe = () => {};

  function connect(): void {
    const transport = source.transport();
    let isLive = false;
    onStatus({ state: 'connecting', transport });
    unsubscribe = source.subscribe(transport, {
      next(event) {
        if (!isLive) onStatus({ state: 'live', transport });
        isLive = true;
        hasBeenLive = true;
        failures = 0;
        options.onEvent(event, resubscribe);
      },
      end: (error) => recover(error ?? endedBy(source.url), transport),
    });
  }

  function resubscribe(): void {
    unsubscribe();
    connect();
  }

  function recover(error: DiagnosticsClientError, tried: Transport): void {
    if (isFinal(error)) fail(error);
    // The WebSocket is blocked, as it seems, which says nothing of the other way.
    else if (source.transport() === 'sse' && tried === 'websocket') connect();
    else if (hasBeenLive || isPatient) retryLater(error, tried);
    else fail(error);
  }

  function retryLater(error: DiagnosticsClientError, transport: Transport): void {
    failures += 1;
    const retryInMs = backoffMs(failures, backoff);
    retryTimer = setTimeout(connect, retryInMs);
    onStatus({ state: 'waiting', transport, retryInMs, error });
  }

  function fail(error: DiagnosticsClientError): void {
    stop();
    options.onEnd(error);
  }

  function leave(): void {
    clearTimeout(retryTimer);
    unsubscribe();
  }

  function stop(): void {
    isOver = true;
    leave();
  }

  function retryNow(): void {
    if (isOver) return;
    leave();
    failures = 0;
    source.reset();
    connect();
  }

  connect();
  return { retryNow, stop };
}

function isRefusal(error: DiagnosticsClientError): boolean {
  return error instanceof DiagnosticsRequestError && error.code !== RETRYABLE_CODE;
}

function endedBy(url: string): DiagnosticsClientError {
  return new DiagnosticsUnreachableError(url, 'the server ended the subscription');
}
