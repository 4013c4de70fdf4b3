import type { Connection } from '../connection.ts';
import type { TypedDocument } from '../query/query.ts';
import type { SubscriptionSource } from './follower.ts';

/** The events of a subscription, as `read` takes them from its data. */
export function createSubscriptionSource<Data, Variables extends Record<string, unknown>, Event>(
  connection: Connection,
  [document, variables]: [TypedDocument<Data, Variables>, Variables],
  read: (data: Data) => Event,
): SubscriptionSource<Event> {
  return {
    url: connection.endpoint.http,
    transport: connection.transport,
    reset: connection.reset,
    subscribe: (transport, observer) =>
      connection.subscribe(document, variables, transport, {
        next: (data) => observer.next(read(data)),
        end: observer.end,
      }),
  };
}
