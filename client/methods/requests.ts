/** The requests in flight, and what each route has served. */

import type { RequestOptions, TargetAccess } from '../core/query/query.ts';
import {
  RequestCoverageDocument,
  type RequestCoverageQuery,
  RequestsDocument,
  type RequestsQuery,
  RoutesDocument,
  type RoutesQuery,
} from '../generated/graphql.ts';

export type RequestInFlight = NonNullable<RequestsQuery['requests']>[number];
export type RequestCoverage = NonNullable<RequestCoverageQuery['requestCoverage']>;
export type RouteStats = NonNullable<RoutesQuery['routes']>[number];

export interface ListOptions extends RequestOptions {
  /** Rows at most, 1 to 1,000. @default 100 requests, 50 routes */
  limit?: number;
}

/** Each is null where the target does not tell of requests: Go, saved files, pprofql 0.1. */
export interface RequestMethods {
  /** Every request in flight, slowest first, with where it waits as far as that is known. */
  requests(options?: ListOptions): Promise<RequestInFlight[] | null>;
  /** How many requests are in flight, and of how many `requests` knows where they wait. */
  requestCoverage(options?: RequestOptions): Promise<RequestCoverage | null>;
  /** What each route has served and where its time goes; those that most time went to first. */
  routes(options?: ListOptions): Promise<RouteStats[] | null>;
}

export function createRequestMethods({ ask }: TargetAccess): RequestMethods {
  return {
    requests: (options) => ask(RequestsDocument, options),
    requestCoverage: (options) => ask(RequestCoverageDocument, options),
    routes: (options) => ask(RoutesDocument, options),
  };
}
