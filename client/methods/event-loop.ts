/** What the event loop is stuck on, and was. */

import type { Answered } from '../core/query/answered.ts';
import type { RequestOptions, TargetAccess } from '../core/query/query.ts';
import {
  EventLoopDocument,
  type EventLoopQuery,
  StallsDocument,
  type StallsQuery,
} from '../generated/graphql.ts';

export type EventLoopStatus = Answered<EventLoopQuery>['eventLoop'];
export type Stall = Answered<StallsQuery>['stalls'][number];

export interface EventLoopMethods {
  /** Whether the event loop turns now, and the stack it is stuck on if not. Answered also while it is. */
  eventLoop(options?: RequestOptions): Promise<EventLoopStatus>;
  /** The last times it did not turn for longer than the threshold, newest first. */
  stalls(options?: RequestOptions): Promise<Stall[]>;
}

export function createEventLoopMethods({ ask }: TargetAccess): EventLoopMethods {
  return {
    eventLoop: (options) => ask(EventLoopDocument, options),
    stalls: (options) => ask(StallsDocument, options),
  };
}
