/** Requests, and how long they take by route. */
import { MS_PER_SECOND } from '../../../base/numbers/units.ts';
import type { Sample } from '../family.ts';
import type { KnownRoute } from '../snapshot.ts';
import { type Definition, one, sampleOf, seconds, several } from './definition.ts';

export const REQUESTS: readonly Definition[] = [
  one(
    'pprofql_requests_in_flight',
    'gauge',
    'Requests that are being served.',
    ({ figures }) => figures?.requestsInFlight,
  ),
  one(
    'pprofql_requests',
    'counter',
    'Requests that have ended since the start.',
    (known) => known.requestsServed,
  ),
  several(
    'pprofql_route_duration_seconds',
    'summary',
    'Durations of requests by route since the start, a few seconds old; at most 200 routes, the rest in one. Aborted requests count, and add no duration.',
    ({ routes }) => routes.flatMap(durationsOf),
  ),
];

function durationsOf({ route, count, answeredMs, p50Ms, p95Ms, p99Ms }: KnownRoute): Sample[] {
  return [
    ...sampleOf(seconds(p50Ms), { route, quantile: '0.5' }),
    ...sampleOf(seconds(p95Ms), { route, quantile: '0.95' }),
    ...sampleOf(seconds(p99Ms), { route, quantile: '0.99' }),
    { part: 'sum', labels: { route }, value: answeredMs / MS_PER_SECOND },
    { part: 'count', labels: { route }, value: count },
  ];
}
