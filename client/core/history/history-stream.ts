/** `metricsHistory` as an async iterable that survives lost connections and restarted processes. */
import { type BackoffOptions, backoffMs } from '../backoff.ts';
import type { Transport } from '../connection.ts';
import {
  type DiagnosticsClientError,
  DiagnosticsRequestError,
  DiagnosticsUnreachableError,
} from '../errors.ts';
import { onAbort } from '../on-abort.ts';
import {
  countLoss,
  type HistoryCursor,
  type HistoryPoint,
  inheritLoss,
  isMisplacedResume,
  isSeen,
  resumeFrom,
} from './history-cursor.ts';
import { LatestQueue } from './latest-queue.ts';

/** Ends with `return()`, as by `break` in a `for await`, or with `await using`. */
export interface HistoryStream extends AsyncIterableIterator<HistoryPoint, undefined> {
  return(): Promise<IteratorResult<HistoryPoint, undefined>>;
  [Symbol.asyncIterator](): HistoryStream;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface HistoryOptions {
  /** Sequence of the last point already seen: only newer ones come. @default the retained window */
  after?: number | null;
  /**
   * `instanceId` of that last point. Where the process has been restarted since, `after` means
   * nothing, and the whole window comes instead.
   */
  instanceId?: string | null;
  /** Ends the iteration, without an error. */
  signal?: AbortSignal;
  /**
   * Points held for a slow consumer. Past it the oldest are given up and counted in
   * `droppedBefore` of the next. 1 or more. @default 10_000, the largest window a server keeps
   */
  bufferLimit?: number;
}

export type ConnectionStatus =
  | { state: 'connecting'; transport: Transport }
  /** Points have come on this connection. */
  | { state: 'live'; transport: Transport }
  /** The connection was lost, or an attempt failed; the next is in `retryInMs`. */
  | { state: 'waiting'; transport: Transport; retryInMs: number; error: DiagnosticsClientError }
  | { state: 'closed' };

export interface HistorySource {
  url: string;
  /** Ways to try for a first connection, in this order. The one that worked is kept. */
  transports: readonly [Transport, ...Transport[]];
  backoff: BackoffOptions;
  /** Ends every stream of this source. */
  lifetime: AbortSignal;
  onStatus(status: ConnectionStatus): void;
  subscribe(
    after: number | null,
    transport: Transport,
    observer: {
      next(points: HistoryPoint[]): void;
      end(error: DiagnosticsClientError | null): void;
    },
  ): () => void;
}

/** A stopping server says no to what its successor will answer. */
const RETRYABLE_CODE = 'STOPPED';
const DEFAULT_BUFFER_LIMIT = 10_000;

/**
 * Connects with the first `next()`, so that an iterable nobody reads costs nothing.
 * @throws RangeError for a `bufferLimit` below 1
 */
export function createHistoryStream(
  source: HistorySource,
  options: HistoryOptions = {},
): HistoryStream {
  const { bufferLimit = DEFAULT_BUFFER_LIMIT } = options;
  if (!(bufferLimit >= 1))
    throw new RangeError(`bufferLimit is ${bufferLimit}, allowed is 1 or more`);
  const queue = new LatestQueue<HistoryPoint>({ limit: bufferLimit, noteLoss: inheritLoss });
  let cursor = cursorOf(options);
  let isStarted = false;
  let isOver = false;
  let hasBeenLive = false;
  let failures = 0;
  let transportIndex = 0;
  let retryTimer: ReturnType<typeof setTimeout> | undefined;
  let unsubscribe = () => {};
  let ignoreSignals = () => {};

  const transport = (): Transport => source.transports[transportIndex] ?? source.transports[0];

  function connect(): void {
    source.onStatus({ state: 'connecting', transport: transport() });
    let isLive = false;
    unsubscribe = source.subscribe(resumeFrom(cursor), transport(), {
      next(points) {
        if (!isLive) source.onStatus({ state: 'live', transport: transport() });
        isLive = true;
        hasBeenLive = true;
        failures = 0;
        receive(points);
      },
      end: recover,
    });
  }

  function receive(points: HistoryPoint[]): void {
    const [first] = points;
    if (first !== undefined && isMisplacedResume(cursor, first)) {
      cursor = null;
      unsubscribe();
      connect();
      return;
    }
    for (const point of points) {
      if (isSeen(cursor, point)) continue;
      queue.push(countLoss(cursor, point));
      cursor = point;
    }
  }

  function recover(problem: DiagnosticsClientError | null): void {
    const error =
      problem ?? new DiagnosticsUnreachableError(source.url, 'the server ended the subscription');
    const hasOtherTransport = transportIndex + 1 < source.transports.length;
    if (isRefusal(error)) {
      fail(error);
    } else if (hasBeenLive) {
      retryLater(error);
    } else if (hasOtherTransport) {
      transportIndex += 1;
      connect();
    } else {
      fail(error);
    }
  }

  function retryLater(error: DiagnosticsClientError): void {
    failures += 1;
    const retryInMs = backoffMs(failures, source.backoff);
    source.onStatus({ state: 'waiting', transport: transport(), retryInMs, error });
    retryTimer = setTimeout(connect, retryInMs);
  }

  function fail(error: DiagnosticsClientError): void {
    queue.fail(error);
    release();
  }

  function close(): void {
    queue.close();
    release();
  }

  function release(): void {
    if (isOver) return;
    isOver = true;
    clearTimeout(retryTimer);
    ignoreSignals();
    unsubscribe();
    if (isStarted) source.onStatus({ state: 'closed' });
  }

  function start(): void {
    if (isStarted || isOver) return;
    isStarted = true;
    ignoreSignals = onAbort([options.signal, source.lifetime], close);
    if (!isOver) connect();
  }

  const stream: HistoryStream = {
    next() {
      start();
      return queue.next();
    },
    async return() {
      close();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]: () => stream,
    async [Symbol.asyncDispose]() {
      close();
    },
  };
  return stream;
}

function isRefusal(error: DiagnosticsClientError): boolean {
  return error instanceof DiagnosticsRequestError && error.code !== RETRYABLE_CODE;
}

function cursorOf({ after, instanceId }: HistoryOptions): HistoryCursor | null {
  return after == null ? null : { sequence: after, instanceId: instanceId ?? null };
}
