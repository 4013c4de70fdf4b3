/** What each route has served since the start: how often, and how long its requests took. */

import { math } from '../../../base/numbers/math.ts';
import { US_PER_MS } from '../../../base/numbers/units.ts';
import type { RouteFigures } from '../../readings/requests.ts';
import type { EndedRequest } from '../context/types.ts';
import { DurationHistogram } from './histogram.ts';
import { routeName } from './names/route-name.ts';

/** The route that a request of any further one counts for. */
export const OTHER_ROUTES = 'other';

const MOST_ROUTES = 200;

interface Row {
  name: string;
  count: number;
  answeredMs: number;
  maxMs: number | null;
  /** Microseconds; made with the first request that was answered. */
  histogram: DurationHistogram | null;
  /** When it last served, as a count of all that were. */
  lastServed: number;
}

export class RouteTable {
  readonly #mostRoutes: number;
  /** By method, then by route: no text is put together for a request that ends. */
  readonly #methods = new Map<string, Map<string, Row>>();
  readonly #rows = new Set<Row>();
  #other: Row | null = null;
  /** Of the latest request: the next is often of the same route. */
  #latest: { method: string; route: string; row: Row } | null = null;
  #served = 0;

  constructor(mostRoutes = MOST_ROUTES) {
    this.#mostRoutes = mostRoutes;
  }

  note({ method, route, durationMs }: EndedRequest): void {
    const row = this.#rowOf(method, route);
    row.lastServed = ++this.#served;
    row.count += 1;
    if (durationMs === null) return;
    row.answeredMs += durationMs;
    row.maxMs = math.max(row.maxMs ?? 0, durationMs);
    row.histogram ??= new DurationHistogram();
    row.histogram.record(math.round(durationMs * US_PER_MS));
  }

  /** Requests of all routes. */
  readonly served = (): number => this.#served;

  /** By method and route, as in `GET /users/:id`. */
  read(): Map<string, RouteFigures> {
    const all = this.#other === null ? this.#rows : [...this.#rows, this.#other];
    return new Map([...all].map((row) => [row.name, figuresOf(row)]));
  }

  #rowOf(method: string, route: string): Row {
    const latest = this.#latest;
    if (latest !== null && latest.route === route && latest.method === method) return latest.row;
    const row = this.#knownOrNew(method, route);
    this.#latest = { method, route, row };
    return row;
  }

  #knownOrNew(method: string, route: string): Row {
    let routes = this.#methods.get(method);
    if (routes === undefined) {
      routes = new Map();
      this.#methods.set(method, routes);
    }
    const known = routes.get(route);
    if (known !== undefined) return known;
    if (this.#rows.size >= this.#mostRoutes) this.#makeRoom();
    const row = newRow(routeName(method, route));
    routes.set(route, row);
    this.#rows.add(row);
    return row;
  }

  /** Who looks for holes asks for a thousand paths once each: those must not drive out what is served. */
  #makeRoom(): void {
    let rarest: Row | null = null;
    for (const row of this.#rows) {
      if (rarest === null || isRarer(row, rarest)) rarest = row;
    }
    if (rarest === null) return;
    this.#latest = null;
    this.#rows.delete(rarest);
    for (const routes of this.#methods.values()) {
      for (const [route, row] of routes) if (row === rarest) routes.delete(route);
    }
    this.#other ??= newRow(OTHER_ROUTES);
    mergeInto(this.#other, rarest);
  }
}

function newRow(name: string): Row {
  return { name, count: 0, answeredMs: 0, maxMs: null, histogram: null, lastServed: 0 };
}

function isRarer(a: Row, b: Row): boolean {
  return a.count < b.count || (a.count === b.count && a.lastServed < b.lastServed);
}

function mergeInto(row: Row, from: Row): void {
  row.count += from.count;
  row.answeredMs += from.answeredMs;
  if (from.histogram === null) return;
  row.maxMs = math.max(row.maxMs ?? 0, from.maxMs ?? 0);
  row.histogram ??= new DurationHistogram();
  row.histogram.add(from.histogram);
}

function figuresOf({ count, answeredMs, maxMs, histogram }: Row): RouteFigures {
  const percentile = (percent: number) =>
    // A bucket's upper end may lie beyond the longest there was.
    histogram === null ? null : math.min(maxMs!, histogram.percentile(percent) / US_PER_MS);
  return {
    count,
    answeredMs,
    p50Ms: percentile(50),
    p95Ms: percentile(95),
    p99Ms: percentile(99),
    maxMs,
  };
}
