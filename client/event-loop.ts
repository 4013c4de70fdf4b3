/** What the event loop is stuck on, and was. */

import type { Query, TargetRequestOptions } from './core/query.ts';
import {
  EventLoopDocument,
  type EventLoopQuery,
  StallsDocument,
  type StallsQuery,
} from './generated/graphql.ts';

export type EventLoopStatus = EventLoopQuery['eventLoop'];
export type Stall = StallsQuery['stalls'][number];

export interface EventLoopMethods {
  /** Whether the event loop turns now, and the stack it is stuck on if not. Answered also while it is. */
  eventLoop(options?: TargetRequestOptions): Promise<EventLoopStatus>;
  /** The last times it did not turn for longer than the threshold, newest first. */
  stalls(options?: TargetRequestOptions): Promise<Stall[]>;
}

export function createEventLoopMethods(query: Query): EventLoopMethods {
  return {
    async eventLoop({ target, signal } = {}) {
      return (await query(EventLoopDocument, { target }, { signal })).eventLoop;
    },
    async stalls({ target, signal } = {}) {
      return (await query(StallsDocument, { target }, { signal })).stalls;
    },
  };
}
