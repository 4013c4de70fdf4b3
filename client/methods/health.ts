/** The client's part for what is wrong with a target. */
import type { Connection } from '../core/connection.ts';
import { followSubscription } from '../core/following/follower.ts';
import { createStream, type Stream } from '../core/following/stream.ts';
import { createSubscriptionSource } from '../core/following/subscription-source.ts';
import type { RequestOptions, TargetAccess } from '../core/query/query.ts';
import {
  type FindingFragment,
  HealthChangesDocument,
  HealthDocument,
  type HealthFragment,
} from '../generated/graphql.ts';
import type { ReconnectOptions } from './metrics-history.ts';

export type Health = HealthFragment;
export type Finding = FindingFragment;
export type HealthStream = Stream<Health>;

export interface HealthMethods {
  /** What is wrong, which line is to blame, and what to do next; that all is well is said as well. */
  health(options?: RequestOptions): Promise<Health>;
  /** The same as Markdown, for people and language models, with links to the page. */
  healthReport(options?: RequestOptions): Promise<string>;
  /**
   * The health at once, then whenever it has changed, for as long as it is read; a slow reader gets
   * the latest alone. It reconnects by itself.
   *
   * Throws where the first connection cannot be made, and wherever the server says no. Ends with the
   * signal or `dispose()`.
   */
  healthChanges(options?: RequestOptions): HealthStream;
}

export type HealthChanges = (target: string | undefined, options: RequestOptions) => HealthStream;

/** @returns a function that makes the stream of a target */
export function createHealthChanges(
  connection: Connection,
  { reconnect }: ReconnectOptions,
  lifetime: AbortSignal,
): HealthChanges {
  return (target, { signal }) =>
    createStream<Health>({
      limit: 1,
      noteLoss: (_dropped, following) => following,
      signals: [signal, lifetime],
      follow({ push, end }) {
        const source = createSubscriptionSource(
          connection,
          [HealthChangesDocument, { target }],
          ({ health }) => health,
        );
        return followSubscription(source, { backoff: reconnect, onEvent: push, onEnd: end }).stop;
      },
    });
}

export function createHealthMethods(
  { target, pageUrl, ask }: TargetAccess,
  healthChanges: HealthChanges,
): HealthMethods {
  const health = (options?: RequestOptions) => ask(HealthDocument, options);
  return {
    health,
    async healthReport(options) {
      const { checkedAt, findings, cleared, ...told } = await health(options);
      // Who asks for no report does not load what makes it.
      const { healthReport } = await import('../../api/base/text/health-report.ts');
      return healthReport(
        {
          ...told,
          checkedAtMs: Date.parse(checkedAt),
          findings: findings.map(({ since, ...finding }) => ({
            ...finding,
            sinceMs: Date.parse(since),
          })),
          cleared: cleared.map(({ clearedAt, ...finding }) => ({
            ...finding,
            clearedAtMs: Date.parse(clearedAt),
          })),
        },
        { target: target ?? null, pageUrl },
      );
    },
    healthChanges: (options = {}) => healthChanges(target, options),
  };
}
