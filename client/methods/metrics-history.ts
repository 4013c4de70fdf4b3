/** The client's part for figures over time. */

import type { Connection } from '../core/connection.ts';
import type { BackoffOptions } from '../core/following/backoff.ts';
import type { ConnectionStatus } from '../core/following/follower.ts';
import type { Stream } from '../core/following/stream.ts';
import { createHistorySource } from '../core/history/history-source.ts';
import { createHistoryStream, type HistoryOptions } from '../core/history/history-stream.ts';
import { type HistoryPointFragment, MetricsHistoryDocument } from '../generated/graphql.ts';

export type HistoryPoint = HistoryPointFragment;
export type HistoryStream = Stream<HistoryPoint>;

export interface ReconnectOptions {
  /** Waits between attempts to reconnect a `metricsHistory` or `healthChanges`. */
  reconnect?: BackoffOptions;
  /**
   * Told how a `metricsHistory` connection fares. Called in a microtask of its own: what it throws
   * is an uncaught error of the caller and does not disturb the subscription.
   */
  onStatus?: (status: ConnectionStatus) => void;
}

/** @returns a function that makes the stream of a target */
export function createMetricsHistory(
  connection: Connection,
  { reconnect, onStatus }: ReconnectOptions,
  lifetime: AbortSignal,
): (target: string | undefined, options: HistoryOptions) => HistoryStream {
  const tell = (status: ConnectionStatus) => {
    if (onStatus !== undefined) queueMicrotask(() => onStatus(status));
  };
  return (target, options) => {
    const source = createHistorySource(connection, MetricsHistoryDocument, target);
    return createHistoryStream({ source, backoff: reconnect, lifetime, onStatus: tell }, options);
  };
}
