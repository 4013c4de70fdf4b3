import type { Connection } from '../connection.ts';
import { createSubscriptionSource } from '../following/subscription-source.ts';
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
  const from = (after: number | null) =>
    createSubscriptionSource(
      connection,
      [document, { after, target }],
      ({ metricsHistory }) => metricsHistory,
    );
  return {
    ...from(null),
    subscribe: (after, transport, observer) => from(after).subscribe(transport, observer),
  };
}
