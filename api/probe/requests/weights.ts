/**
 * How many requests in flight each request that is shown stands for. All of those in flight are known,
 * sampled or not, so that none needs to be estimated: those whose tasks are recorded stand for the
 * others of their route, and where a route has none of these, each of its requests stands for itself.
 *
 *   /user/:id  10 in flight, 2 of them sampled   →  each of the two stands for 5
 *   /orders     3 in flight, none sampled        →  each stands for itself
 */

import type { TimeSlices } from '../tasks/pace/time-slices.ts';
import { routeOf } from './context/context.ts';
import type { RequestRecord } from './context/types.ts';

interface InFlight {
  request: RequestRecord;
  /** How many it was taken for; 0 where its tasks are not recorded. */
  weight: number;
}

/** @param weightOf How many requests one counts as in the tables; 0 where none of its tasks is there. */
export async function requestShares(
  requests: Iterable<RequestRecord>,
  weightOf: (request: RequestRecord) => number,
  slices: TimeSlices,
): Promise<ReadonlyMap<RequestRecord, number>> {
  const all: InFlight[] = [];
  let isExact = true;
  // Requests end while the host gets its turns, and with them the list that is walked.
  await slices.forEach([...requests], (request) => {
    const weight = weightOf(request);
    isExact &&= weight === 1;
    all.push({ request, weight });
  });
  const shares = new Map<RequestRecord, number>();
  if (isExact) {
    for (const { request } of all) shares.set(request, 1);
    return shares;
  }
  const routes = new Map<string, InFlight[]>();
  await slices.forEach(all, (one) => {
    const route = routeOf(one.request);
    const known = routes.get(route);
    if (known === undefined) routes.set(route, [one]);
    else known.push(one);
  });
  await slices.forEach(routes.values(), (ofRoute) => {
    const total = ofRoute.reduce((sum, { weight }) => sum + weight, 0);
    for (const { request, weight } of ofRoute) {
      if (total === 0) shares.set(request, 1);
      else if (weight > 0) shares.set(request, (weight * ofRoute.length) / total);
    }
  });
  return shares;
}
