/** Requests in flight and what routes have served: one part of the probe, which needs no tracking of tasks. */
import { wallClockMs } from '../../base/own-time.ts';
import { everyTick } from '../../base/waiting/ticker.ts';
import type {
  RequestsReading,
  RouteFigures,
  RouteReading,
  RoutesReading,
  WorkerOrigin,
} from '../readings/requests.ts';
import type { StackFrame, TasksReading } from '../readings/tasks.ts';
import { createRequestContext } from './context/context.ts';
import type { RequestContext, RequestContextOptions } from './context/types.ts';
import { noteWorkers } from './made-workers.ts';
import { type RouteCpuMeter, startRouteCpuMeter } from './routes/cpu-meter.ts';
import { routeName } from './routes/names/route-name.ts';
import { RouteTable } from './routes/route-table.ts';
import { RouteWaits } from './routes/waits.ts';
import { createSpecimens, type Specimens } from './specimens.ts';

export interface RequestObserver {
  context: RequestContext;
  readRequests(options: { limit: number }): RequestsReading;
  readRoutes(): RoutesReading;
  /** Worker threads that were made in a request. */
  readWorkers(): WorkerOrigin[];
  /** The age of the oldest request in flight; 0 for none. */
  oldestMs(): number;
  /** Requests that have ended since the start. */
  served(): number;
  /** For whoever collects garbage: spares the program to compile its hot code anew. */
  specimens: Specimens;
  /** From now on looks at where requests wait, as often as the tracker has found out. */
  profileWaits(tracker: { lastRead(): TasksReading | null }): void;
  stop(): void;
}

const NONE_IN_FLIGHT = { inFlight: 0, inFlightMs: 0 };
const NOTHING_SERVED: RouteFigures = {
  count: 0,
  answeredMs: 0,
  p50Ms: null,
  p95Ms: null,
  p99Ms: null,
  maxMs: null,
};

export function startRequestObserver(
  options: Omit<RequestContextOptions, 'onEnd'> = {},
): RequestObserver {
  const table = new RouteTable();
  const context = createRequestContext({ ...options, onEnd: (ended) => table.note(ended) });
  const workers = noteWorkers(context);
  const waits = new RouteWaits();
  let cpu: RouteCpuMeter | null = null;
  let endLooks: (() => void) | null = null;
  let lookedAtMs = 0;
  let lastRead: () => TasksReading | null = () => null;

  function look(): void {
    const reading = lastRead();
    if (reading === null || reading.takenAtMs <= lookedAtMs) return;
    lookedAtMs = reading.takenAtMs;
    waits.note(reading);
  }

  function inFlightByRoute(): Map<string, { inFlight: number; inFlightMs: number }> {
    const routes = new Map<string, { inFlight: number; inFlightMs: number }>();
    for (const { method, route, ageMs } of context.list()) {
      const name = routeName(method, route);
      const { inFlight, inFlightMs } = routes.get(name) ?? NONE_IN_FLIGHT;
      routes.set(name, { inFlight: inFlight + 1, inFlightMs: inFlightMs + ageMs });
    }
    return routes;
  }

  return {
    context,
    readRequests({ limit }) {
      const all = context.list();
      return {
        takenAtMs: wallClockMs(),
        requests: all.slice(0, limit),
        total: all.length,
        beyondLimit: context.beyondLimit(),
      };
    },
    readRoutes() {
      look();
      const served = table.read();
      const inFlight = inFlightByRoute();
      const worked = cpu?.read();
      const waited = waits.read();
      const stacks: StackFrame[][] = [];
      const routes = [...new Set([...served.keys(), ...inFlight.keys()])].map(
        (route): RouteReading => ({
          ...(served.get(route) ?? NOTHING_SERVED),
          route,
          ...(inFlight.get(route) ?? NONE_IN_FLIGHT),
          cpuMs: worked?.get(route) ?? null,
          waits: (waited.get(route) ?? []).map(({ frames, ...wait }) => {
            stacks.push(frames);
            return wait;
          }),
        }),
      );
      return { takenAtMs: wallClockMs(), routes, stacks };
    },
    readWorkers: workers.read,
    oldestMs: () => context.list()[0]?.ageMs ?? 0,
    served: table.served,
    specimens: createSpecimens(context.lastBegunMs),
    profileWaits(tracker) {
      lastRead = tracker.lastRead;
      cpu ??= startRouteCpuMeter(context);
      endLooks ??= everyTick(() => {
        if (context.inFlight() > 0) look();
      });
    },
    stop() {
      endLooks?.();
      cpu?.stop();
      workers.stop();
      context.stop();
    },
  };
}
