/**
 * The requests in flight and the routes. Who asks gets them as of a few seconds ago; with nobody
 * asking the list, which costs next to nothing, is read at points at which some are in flight, and
 * where they wait only once some have been there for long, or their route is known to take long.
 */

import { requestWaits } from '../../../analyzers/requests/request-waits.ts';
import { routeTable } from '../../../analyzers/requests/route-table.ts';
import { singleFlight } from '../../../base/waiting/single-flight.ts';
import { mayQueue } from '../../../health/detectors/requests/queued-route.ts';
import type { Evidence } from '../../../health/evidence/evidence.ts';
import type { RequestEvidence, RouteEvidence } from '../../../health/evidence/tasks.ts';
import type { RequestsReading, RoutesReading } from '../../../probe/readings/requests.ts';
import type { TasksReading } from '../../../probe/readings/tasks.ts';
import type { HistoryPoint } from '../../history/point.ts';
import { createEventWaits } from './event-waits.ts';
import { createRecentRoutes } from './recent-routes.ts';
import { createTurnShares } from './turn-shares.ts';
import { createWaitRows } from './wait-rows.ts';

export interface KnownRequestsOptions {
  readRequests: () => Promise<RequestsReading>;
  readRoutes: () => Promise<RoutesReading>;
  readTasks: () => Promise<TasksReading>;
  /** Of the observed thread, oldest first. */
  history: () => readonly HistoryPoint[];
}

export interface KnownRequests {
  requests(): Evidence['requests'];
  beyond(): Evidence['requestsBeyond'];
  routes(): Evidence['routes'];
  /** Reads them where they are not fresh. Never rejects. */
  refresh(): Promise<void>;
  /** Reads what the last point makes suspect. Never rejects. */
  suspect(): Promise<void>;
}

const FRESH_FOR_MS = 5_000;
/** With nobody asking: what routes have served, where nothing is wrong with a request. */
const ROUTES_FRESH_FOR_MS = 60_000;
/** Most requests are answered sooner, and nobody has to know where they wait. */
const ASKED_FROM_MS = 1_000;
const SUSPECT_FROM_MS = 5_000;

export function createKnownRequests(options: KnownRequestsOptions): KnownRequests {
  const recent = createRecentRoutes();
  const rows = createWaitRows();
  const eventWaits = createEventWaits();
  const turns = createTurnShares();
  let requests: readonly RequestEvidence[] | null = null;
  let beyond = 0;
  let routes: readonly RouteEvidence[] | null = null;
  let freshUntilMs = 0;
  let routesReadAtMs = Number.NEGATIVE_INFINITY;

  async function readRoutes(): Promise<void> {
    const reading = await options.readRoutes();
    routesReadAtMs = Date.now();
    const recently = recent.note(reading.routes, reading.takenAtMs);
    routes = routeTable(reading).map(({ route, count, p99Ms, maxMs, waits }) => ({
      route,
      count,
      p99Ms,
      maxMs,
      waits,
      recent: recently.get(route)!,
      ...rows.of(route),
      waitsForEventShare: eventWaits.shareOf(route),
      turn: turns.of(route, Date.now()),
    }));
  }

  /** @param fromMs the age from which on it is asked where requests wait */
  async function readRequests(fromMs: number): Promise<void> {
    const askedAtMs = Date.now();
    const reading = await options.readRequests();
    const isOld = reading.requests.some(
      ({ ageMs, state }) => state === 'handling' && ageMs >= fromMs,
    );
    const isLooked = isOld || reading.requests.some(mayWaitForTurn);
    const tasks = isLooked ? await options.readTasks().catch(() => null) : null;
    const waits = requestWaits(reading, tasks);
    rows.note(waits, Math.max(0, (tasks?.takenAtMs ?? askedAtMs) - askedAtMs));
    eventWaits.note(waits);
    turns.note(waits, Date.now());
    const areRoutesOld = Date.now() - routesReadAtMs >= ROUTES_FRESH_FOR_MS;
    if (isOld || areRoutesOld) await readRoutes();
    requests = waits;
    beyond = reading.total - reading.requests.length;
  }

  /** However young: their route takes long by what it has answered. */
  function mayWaitForTurn({ method, route, state }: RequestsReading['requests'][number]): boolean {
    if (state !== 'handling') return false;
    const known = routes?.find((each) => each.route === `${method} ${route}`);
    return known !== undefined && mayQueue(known);
  }

  const refresh = singleFlight(async () => {
    if (Date.now() < freshUntilMs) return;
    try {
      routesReadAtMs = Number.NEGATIVE_INFINITY;
      await readRequests(ASKED_FROM_MS);
    } catch {
      // Whoever does not answer is not asked again at once; what is known stays.
    } finally {
      freshUntilMs = Date.now() + FRESH_FOR_MS;
    }
  });

  return {
    requests: () => requests,
    beyond: () => beyond,
    routes: () => routes,
    refresh,
    suspect: singleFlight(async () => {
      if (Date.now() < freshUntilMs) return;
      const latest = options.history().at(-1);
      if (latest === undefined || !latest.isResponding) return;
      if (latest.requestsInFlight === 0) {
        requests = [];
        beyond = 0;
      } else await readRequests(SUSPECT_FROM_MS).catch(() => {});
    }),
  };
}
