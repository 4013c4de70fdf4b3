/** Follows the health of a target for as long as it is looked at. */
import { followSubscription } from '../../../core/following/follower.ts';
import { createSubscriptionSource } from '../../../core/following/subscription-source.ts';
import { HealthChangesDocument, type HealthFragment } from '../../generated/graphql.ts';
import type { Link } from '../connection/link.ts';
import { createStore, type Store } from '../state/store.ts';
import { isFinal, onEachConnection } from './feed.ts';

export interface HealthFeed {
  /** Null before the first answer. */
  state: Store<HealthFragment | null>;
  /** Subscribes. @returns a function that ends it; what is known is kept */
  open(): () => void;
}

/** Whether the connection stands is told by the metrics, which use the same one. */
export function createHealthFeed(link: Link, target: string | null): HealthFeed {
  const state = createStore<HealthFragment | null>(null);
  let stop = () => {};

  function follow(): void {
    stop();
    const source = createSubscriptionSource(
      link.state.get().connection,
      [HealthChangesDocument, { target }],
      ({ health }) => health,
    );
    stop = followSubscription(source, {
      isPatient: true,
      isFinal,
      onEvent: (health) => state.set(health),
      onEnd: () => {},
    }).stop;
  }

  function open(): () => void {
    const unfollow = onEachConnection(link, follow);
    return () => {
      unfollow();
      stop();
    };
  }

  return { state, open };
}
