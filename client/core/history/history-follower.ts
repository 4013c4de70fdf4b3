/** Follows a metrics history through lost connections and restarted processes, each point once. */

import type { SubscriptionSource } from '../following/follower.ts';
import { type Follower, type FollowerOptions, followSubscription } from '../following/follower.ts';
import {
  countLoss,
  type HistoryCursor,
  type HistoryPlace,
  isMisplacedResume,
  isSeen,
  resumeFrom,
} from './history-cursor.ts';

type Observer<Point> = Parameters<SubscriptionSource<Point[]>['subscribe']>[1];
type Transport = ReturnType<SubscriptionSource<unknown>['transport']>;

/** Where the points come from. */
export interface HistorySource<Point> extends Omit<SubscriptionSource<Point[]>, 'subscribe'> {
  subscribe(after: number | null, transport: Transport, observer: Observer<Point>): () => void;
}

export interface FollowOptions<Point> extends FollowerOptions {
  /** Where to go on from. */
  cursor: HistoryCursor | null;
  /** One or more, in order. */
  onPoints(points: Point[]): void;
}

export function followHistory<Point extends HistoryPlace>(
  source: HistorySource<Point>,
  options: FollowOptions<Point>,
): Follower {
  let { cursor } = options;

  function receive(points: Point[], resubscribe: () => void): void {
    const [first] = points;
    if (first !== undefined && isMisplacedResume(cursor, first)) {
      cursor = null;
      resubscribe();
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

  return followSubscription<Point[]>(
    {
      url: source.url,
      transport: source.transport,
      reset: source.reset,
      subscribe: (transport, observer) => source.subscribe(resumeFrom(cursor), transport, observer),
    },
    { ...options, onEvent: receive },
  );
}
