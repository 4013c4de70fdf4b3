import { expect, it } from 'vitest';
import type { RouteReading, RoutesReading } from '../../probe/readings/requests.ts';
import { routeTable } from './route-table.ts';

const frame = (name: string, file = '/app.js') => ({
  function: name,
  file,
  line: 7,
  column: 1,
  isAsync: true,
});

interface Seen {
  at: string[];
  ms: number;
}

/** A stack is written innermost first: `node:timers` for Node's own, `pg` for a package, else the program's. */
function stackOf(names: readonly string[]) {
  return names.map((name) => {
    if (name.startsWith('node:')) return frame('wait', name);
    return frame(name, name === 'pg' ? '/node_modules/pg/index.js' : '/app.js');
  });
}

function reading(
  routes: (Partial<RouteReading> & { route: string; seen?: Seen[] })[],
): RoutesReading {
  return {
    takenAtMs: 0,
    routes: routes.map(({ seen = [], ...route }) => ({
      count: 1,
      answeredMs: 0,
      p50Ms: null,
      p95Ms: null,
      p99Ms: null,
      maxMs: null,
      inFlight: 0,
      inFlightMs: 0,
      cpuMs: null,
      ...route,
      waits: seen.map(({ ms }) => ({ ms, samples: 1 })),
    })),
    stacks: routes.flatMap(({ seen = [] }) => seen.map(({ at }) => stackOf(at))),
  };
}

const sharesOf = (routes: RoutesReading) =>
  Object.fromEntries(
    routeTable(routes)[0]!.waits.map(({ kind, place, share }) => [
      place?.function ?? kind,
      Math.round(share * 1_000) / 1_000,
    ]),
  );

it.each<[string, Partial<RouteReading> & { seen?: Seen[] }, Record<string, number>]>([
  [
    'divides the time that was not CPU time by where requests were seen',
    {
      answeredMs: 1_000,
      cpuMs: 100,
      seen: [
        { at: ['node:timers', 'load'], ms: 300 },
        { at: [], ms: 100 },
      ],
    },
    { load: 0.675, UNKNOWN: 0.225, CPU: 0.1 },
  ],
  [
    'names the line of the program, not that of a package',
    { answeredMs: 10, seen: [{ at: ['node:net', 'pg', 'query'], ms: 5 }] },
    { query: 1 },
  ],
  [
    'names that of a package where there is no other',
    { answeredMs: 10, seen: [{ at: ['node:net', 'pg'], ms: 5 }] },
    { pg: 1 },
  ],
  [
    'adds up stacks that lead to one line',
    {
      answeredMs: 10,
      seen: [
        { at: ['node:timers', 'load'], ms: 1 },
        { at: ['pg', 'load'], ms: 1 },
        { at: ['save'], ms: 2 },
      ],
    },
    { save: 0.5, load: 0.5 },
  ],
  [
    'leaves open where a route waits whose requests nobody has seen',
    { answeredMs: 1_000, cpuMs: 200 },
    { UNKNOWN: 0.8, CPU: 0.2 },
  ],
  [
    'never gives more than the whole',
    { answeredMs: 100, cpuMs: 250, seen: [{ at: ['load'], ms: 5 }] },
    { CPU: 1, load: 0 },
  ],
  [
    'counts the time of requests in flight',
    { answeredMs: 0, inFlightMs: 1_000, cpuMs: 500, seen: [{ at: ['load'], ms: 5 }] },
    { CPU: 0.5, load: 0.5 },
  ],
  ['says nothing where nothing was measured', { answeredMs: 1_000 }, {}],
])('%s', (_what, route, expected) => {
  expect(sharesOf(reading([{ route: 'GET /', ...route }]))).toEqual(expected);
});

it('has the routes first that most time went to', () => {
  const routes = reading([
    { route: 'GET /fast', answeredMs: 10 },
    { route: 'GET /hangs', inFlightMs: 90_000, inFlight: 1 },
    { route: 'GET /slow', answeredMs: 5_000, seen: [{ at: ['load'], ms: 1 }] },
  ]);
  const table = routeTable(routes);
  expect(table.map(({ route }) => route)).toEqual(['GET /hangs', 'GET /slow', 'GET /fast']);
  expect(table[1]!.waits[0]!.place?.function).toBe('load');
});
