/** What another pprofql tells of its requests and routes; null where its version does not. */
import type { RouteWaitKind } from '../../../analyzers/requests/types.ts';
import type { RequestSnapshot, RouteSnapshot } from '../../../diagnostics/requests/types.ts';
import type {
  RequestsQuery,
  RoutesQuery,
  RouteWaitKind as ToldKind,
} from '../generated/graphql.ts';
import { frameOf, framesOf } from './frames.ts';
import { complete, type Told } from './told.ts';

const REQUEST_FIELDS = ['id', 'route', 'method', 'ageMs', 'state'] as const;
const ROUTE_FIELDS = ['route', 'count', 'inFlight'] as const;
const WAIT_FIELDS = ['kind', 'share'] as const;

const KINDS: Readonly<Record<ToldKind, RouteWaitKind>> = {
  CPU: 'CPU',
  WAIT: 'WAIT',
  UNKNOWN: 'UNKNOWN',
};

type ToldRoute = Told<NonNullable<RoutesQuery['routes']>[number]>;

export function requestsOf({
  requests,
  requestCoverage,
}: Told<RequestsQuery>): RequestSnapshot | null {
  if (requests === null || requestCoverage === null) return null;
  const rows = requests.map((told) => {
    const { id, traceId, spanId, waitsAt, frames, ...row } = complete(
      told,
      'requests',
      REQUEST_FIELDS,
    );
    return {
      ...row,
      key: id,
      ...(traceId !== null && spanId !== null && { span: { traceId, spanId } }),
      waitsAt: waitsAt && frameOf(waitsAt),
      frames: framesOf(frames),
    };
  });
  const { requestsInFlight, placeKnown, beyondLimit, observation } = requestCoverage;
  const measuredAt = observation?.measuredAt;
  return {
    rows,
    total: requestsInFlight ?? rows.length,
    placeKnown: placeKnown ?? rows.filter(({ frames }) => frames.length > 0).length,
    beyondLimit: beyondLimit ?? null,
    observation: {
      via: 'HTTP',
      measuredAtMs: measuredAt == null ? Date.now() : Date.parse(measuredAt),
    },
  };
}

export function routesOf({ routes }: Told<RoutesQuery>): RouteSnapshot | null {
  if (routes === null) return null;
  return {
    rows: routes.map((told) => {
      const { waits, ...route } = complete(told, 'routes', ROUTE_FIELDS);
      return { ...route, waits: (waits ?? []).map(waitOf) };
    }),
    observation: { via: 'HTTP', measuredAtMs: Date.now() },
  };
}

function waitOf(told: NonNullable<ToldRoute['waits']>[number]) {
  const { kind, waitsAt, frames, samples, ...wait } = complete(told, 'routes.waits', WAIT_FIELDS);
  return {
    ...wait,
    samples: samples ?? 0,
    // One that is new says nothing here.
    kind: Object.hasOwn(KINDS, kind) ? KINDS[kind] : ('UNKNOWN' as const),
    place: waitsAt && frameOf(waitsAt),
    frames: framesOf(frames),
  };
}
