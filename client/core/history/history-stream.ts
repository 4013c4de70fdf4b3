/** A metrics history as an async iterable with a bounded buffer. */
import type { BackoffOptions } from '../backoff.ts';
import { onAbort } from '../on-abort.ts';
import { type HistoryCursor, type HistoryPlace, inheritLoss } from './history-cursor.ts';
import { type ConnectionStatus, followHistory, type HistorySource } from './history-follower.ts';
import { LatestQueue } from './latest-queue.ts';

/** Ends with `return()`, as by `break` in a `for await`, or with `await using`. */
export interface HistoryStream<Point> extends AsyncIterableIterator<Point, undefined> {
  return(): Promise<IteratorResult<Point, undefined>>;
  [Symbol.asyncIterator](): HistoryStream<Point>;
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

/** What all streams of a client have in common. */
export interface HistoryStreamContext<Point> {
  source: HistorySource<Point>;
  backoff?: BackoffOptions;
  /** Ends the stream. */
  lifetime: AbortSignal;
  onStatus(status: ConnectionStatus): void;
}

const DEFAULT_BUFFER_LIMIT = 10_000;

/**
 * Connects with the first `next()`, so that an iterable nobody reads costs nothing.
 * @throws RangeError for a `bufferLimit` below 1
 */
export function createHistoryStream<Point extends HistoryPlace>(
  { source, backoff, lifetime, onStatus }: HistoryStreamContext<Point>,
  options: HistoryOptions = {},
): HistoryStream<Point> {
  const { bufferLimit = DEFAULT_BUFFER_LIMIT } = options;
  if (!(bufferLimit >= 1))
    throw new RangeError(`bufferLimit is ${bufferLimit}, allowed is 1 or more`);
  const queue = new LatestQueue<Point>({ limit: bufferLimit, noteLoss: inheritLoss });
  let isStarted = false;
  let isOver = false;
  let stopFollowing = () => {};
  let ignoreSignals = () => {};

  function start(): void {
    if (isStarted || isOver) return;
    isStarted = true;
    ignoreSignals = onAbort([options.signal, lifetime], close);
    if (isOver) return;
    stopFollowing = followHistory(source, {
      cursor: cursorOf(options),
      backoff,
      onStatus,
      onPoints(points) {
        for (const point of points) queue.push(point);
      },
      onEnd(error) {
        queue.fail(error);
        release();
      },
    }).stop;
  }

  function close(): void {
    queue.close();
    release();
  }

  function release(): void {
    if (isOver) return;
    isOver = true;
    ignoreSignals();
    stopFollowing();
    if (isStarted) onStatus({ state: 'closed' });
  }

  const stream: HistoryStream<Point> = {
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

function cursorOf({ after, instanceId }: HistoryOptions): HistoryCursor | null {
  return after == null ? null : { sequence: after, instanceId: instanceId ?? null };
}
