/** Keeps the metrics subscription of a target alive for as long as it is looked at. */

import {
  type DiagnosticsClientError,
  DiagnosticsRequestError,
} from '../../../core/errors/errors.ts';
import type { ConnectionStatus, Follower } from '../../../core/following/follower.ts';
import { followHistory } from '../../../core/history/history-follower.ts';
import { createHistorySource } from '../../../core/history/history-source.ts';
import { MetricsHistoryDocument } from '../../generated/graphql.ts';
import { isUnauthenticated, type Link } from '../connection/link.ts';
import { createStore, type Store } from '../state/store.ts';
import { addPoints, EMPTY_SERIES, type Series } from './series.ts';

export interface Feed {
  series: Store<Series>;
  /** Subscribes. @returns a function that ends it; the points are kept, and continued by the next */
  open(): () => void;
  /** Tries at once instead of waiting for the next attempt. */
  retryNow(): void;
}

export function createFeed(link: Link, target: string | null): Feed {
  const series = createStore<Series>(EMPTY_SERIES);
  let follower: Follower | null = null;

  function follow(): void {
    follower?.stop();
    const { connection } = link.state.get();
    follower = followHistory(createHistorySource(connection, MetricsHistoryDocument, target), {
      cursor: series.get().points.at(-1) ?? null,
      isPatient: true,
      isFinal,
      onPoints: (points) => series.set(addPoints(series.get(), points)),
      onStatus: tell,
      onEnd(error) {
        if (isUnauthenticated(error)) link.reportFailure(error);
      },
    });
  }

  function tell(status: ConnectionStatus): void {
    if (status.state === 'live') link.reportLive(status.transport);
    if (status.state === 'waiting') link.reportFailure(status.error);
  }

  function open(): () => void {
    const unfollow = onEachConnection(link, follow);
    return () => {
      unfollow();
      follower?.stop();
      follower = null;
    };
  }

  return { series, open, retryNow: () => follower?.retryNow() };
}

/** Calls at once, and again with each new connection. @returns a function that ends it */
export function onEachConnection(link: Link, follow: () => void): () => void {
  let { connection } = link.state.get();
  const unfollow = link.state.subscribe(() => {
    if (link.state.get().connection === connection) return;
    connection = link.state.get().connection;
    follow();
  });
  follow();
  return unfollow;
}

/** The page says so as soon as it has the list of targets; asking again would not help. */
const UNKNOWN_TARGET = 'NOT_FOUND';

/** All else may pass, such as a limit that others have used up. */
export function isFinal(error: DiagnosticsClientError): boolean {
  const isUnknown = error instanceof DiagnosticsRequestError && error.code === UNKNOWN_TARGET;
  return isUnknown || isUnauthenticated(error);
}
