/** Follows a metrics history through lost connections and restarted processes, each point once. */
import { type BackoffOptions, backoffMs } from '../backoff.ts';
import {
  type DiagnosticsClientError,
  DiagnosticsRequestError,
  DiagnosticsUnreachableError,
} from '../errors.ts';
import type { Transport } from '../transport-choice.ts';
import {
  countLoss,
  type HistoryCursor,
  type HistoryPlace,
  isMisplacedResume,
  isSeen,
  resumeFrom,
} from './history-cursor.ts';

export type ConnectionStatus =
  | { state: 'connecting'; transport: Transport }
  /** Points have come on this connection. */
  | { state: 'live'; transport: Transport }
  /** The connection was lost, or an attempt failed; the next is in `retryInMs`. */
  | { state: 'waiting'; transport: Transport; retryInMs: number; error: DiagnosticsClientError }
  | { state: 'closed' };

/** Where the points come from. */
export interface HistorySource<Point> {
  url: string;
  /** The way that the next attempt is to take. */
  transport(): Transport;
  subscribe(
    after: number | null,
    transport: Transport,
    observer: {
      next(points: Point[]): void;
      end(error: DiagnosticsClientError | null): void;
    },
  ): () => void;
  /** Cuts what looks like a connection, so that the next attempt makes a new one. */
  reset(): void;
}

export interface FollowOptions<Point> {
  /** Where to go on from. */
  cursor: HistoryCursor | null;
  backoff?: BackoffOptions;
  /** Whether a first connection that cannot be made is tried again, as a later one is. @default false */
  isPatient?: boolean;
  /** Whether to give up for this error. @default whatever the server says no to, unless it is stopping */
  isFinal?(error: DiagnosticsClientError): boolean;
  /** One or more, in order. */
  onPoints(points: Point[]): void;
  onStatus(status: ConnectionStatus): void;
  /** Called once, never after `stop()`: nothing more comes. */
  onEnd(error: DiagnosticsClientError): void;
}

export interface HistoryFollower {
  /** Tries at once, over a new connection. */
  retryNow(): void;
  stop(): void;
}

/** A stopping server says no to what its successor will answer. */
const RETRYABLE_CODE = 'STOPPED';

export function followHistory<Point extends HistoryPlace>(
  source: HistorySource<Point>,
  options: FollowOptions<Point>,
): HistoryFollower {
  const { backoff, isPatient = false, isFinal = isRefusal, onStatus } = options;
  let { cursor } = options;
  let hasBeenLive = false;
  let isOver = false;
  let failures = 0;
  let retryTimer: ReturnType<typeof setTimeout> | undefined;
  let unsubscribe = () => {};

  function connect(): void {
    const transport = source.transport();
    let isLive = false;
    onStatus({ state: 'connecting', transport });
    unsubscribe = source.subscribe(resumeFrom(cursor), transport, {
      next(points) {
        if (!isLive) onStatus({ state: 'live', transport });
        isLive = true;
        hasBeenLive = true;
        failures = 0;
        receive(points);
      },
      end: (error) => recover(error ?? endedBy(source.url), transport),
    });
  }

  function receive(points: Point[]): void {
    const [first] = points;
    if (first !== undefined && isMisplacedResume(cursor, first)) {
      cursor = null;
      unsubscribe();
      connect();
      return;
    }
    const unseen: Point[] = [];
    for (const point of points) {
      if (isSeen(cursor, point)) continue;
      unseen.push(countLoss(cursor, point));
      cursor = point;
    }
    if (unseen.length > 0) options.onPoints(unseen);
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
