/** A metrics history as an async iterable with a bounded buffer. */
import type { BackoffOptions } from '../following/backoff.ts';
import type { ConnectionStatus } from '../following/follower.ts';
import { createStream, type Stream } from '../following/stream.ts';
import { type HistoryCursor, type HistoryPlace, inheritLoss } from './history-cursor.ts';
import { followHistory, type HistorySource } from './history-follower.ts';

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

/** @throws RangeError for a `bufferLimit` below 1 */
export function createHistoryStream<Point extends HistoryPlace>(
  { source, backoff, lifetime, onStatus }: HistoryStreamContext<Point>,
  options: HistoryOptions = {},
): Stream<Point> {
  const { bufferLimit = DEFAULT_BUFFER_LIMIT } = options;
  if (!(bufferLimit >= 1))
    throw new RangeError(`bufferLimit is ${bufferLimit}, allowed is 1 or more`);
  return createStream<Point>({
    limit: bufferLimit,
    noteLoss: inheritLoss,
    signals: [options.signal, lifetime],
    onClosed: () => onStatus({ state: 'closed' }),
    follow: ({ push, end }) =>
      followHistory(source, {
        cursor: cursorOf(options),
        backoff,
        onStatus,
        onPoints(points) {
          for (const point of points) push(point);
        },
        onEnd: end,
      }).stop,
  });
}

function cursorOf({ after, instanceId }: HistoryOptions): HistoryCursor | null {
  return after == null ? null : { sequence: after, instanceId: instanceId ?? null };
}
