/**
 * What routes have served, for those who ask again and again: as it was a moment ago. Where that is too
 * old it is read for the next who ask, and nobody waits, so that a blocked thread holds nobody up.
 */
import { singleFlight } from '../../base/waiting/single-flight.ts';
import type { RoutesReading } from '../../probe/readings/requests.ts';
import type { KnownRoute } from './snapshot.ts';

const FRESH_FOR_MS = 5_000;

export interface KnownRoutes {
  /** Those with most requests first; empty before the first read. */
  routes(): readonly KnownRoute[];
}

export function createKnownRoutes(read: () => Promise<RoutesReading>): KnownRoutes {
  let known: readonly KnownRoute[] = [];
  let askedAtMs = Number.NEGATIVE_INFINITY;

  const refresh = singleFlight(async () => {
    const { routes } = await read();
    known = routes
      .map(({ route, count, answeredMs, p50Ms, p95Ms, p99Ms }) => ({
        route,
        count,
        answeredMs,
        p50Ms,
        p95Ms,
        p99Ms,
      }))
      .sort((a, b) => b.count - a.count || (a.route < b.route ? -1 : 1));
  });

  return {
    routes() {
      if (Date.now() - askedAtMs >= FRESH_FOR_MS) {
        askedAtMs = Date.now();
        // What is known stays.
        refresh().catch(() => {});
      }
      return known;
    },
  };
}
