import type { Connection } from '../connection.ts';
import type { TypedDocument } from '../query/query.ts';
import type { HistorySource } from './history-follower.ts';

/** The history of a target, with the figures that the document asks for. */
export function createHistorySource<Point>(
  connection: Connection,
  document: TypedDocument<
    { metricsHistory: Point[] },
    { after?: number | null; target?: string | null }
  >,
  target: string | null | undefined,
): HistorySource<Point> {
  return {
    url: connection.endpoint.http,
    transport: connection.transport,
    reset: connection.reset,
    subscribe: (after, transport, observer) =>
      connection.subscribe(document, { after, target }, transport, {
        next: ({ metricsHistory }) => observer.next(metricsHistory),
        end: observer.end,
      }),
  };
}
