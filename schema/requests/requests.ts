import type { RequestRow } from '../../api/analyzers/requests/types.ts';
import type { RequestSnapshot } from '../../api/diagnostics/requests/types.ts';
import { builder } from '../builder.ts';
import { FrameType, stackLines } from '../frame.ts';
import { rowId } from '../identity.ts';
import { ObservationType } from '../observation.ts';
import { targetField, targetOf } from '../targets/target-field.ts';

const DEFAULT_LIMIT = 100;

const RequestInFlightType = builder
  .objectRef<RequestRow & { id: string }>('RequestInFlight')
  .implement({
    description:
      'An HTTP request that has arrived and has not been answered in full: HTTP/1, pipelined ones included, and streams of HTTP/2. Idle connections and upgraded ones (WebSocket) are none.',
    fields: (t) => ({
      id: t.exposeID('id', {
        description:
          'Identity of the request: no other request, target or type has it, and the request has it in every answer, so that a cache may key on it.',
      }),
      route: t.exposeString('route', {
        description:
          'Route pattern as the framework or the option `routeOf` tells it, else the path with ids replaced, such as `/users/:id`; never a query string.',
      }),
      method: t.exposeString('method', {
        description: 'HTTP method of the request, such as `GET`.',
      }),
      ageMs: t.exposeFloat('ageMs', {
        description: 'Milliseconds since the request arrived.',
      }),
      state: t.exposeString('state', {
        description:
          'How far the request is: `receiving` (its body is still arriving), `handling` (no part of its answer is out), `responding` (its headers are out), `queued` (its answer has to wait for that of an earlier request of its connection). Of HTTP/2 always `handling`.',
      }),
      traceId: t.string({
        nullable: true,
        description:
          'Trace of OpenTelemetry that the request belongs to, as 32 hexadecimal digits: of the span that was active when its first recorded task was made. Null where its tasks were not sampled, no span was active, or OpenTelemetry is not loaded.',
        resolve: ({ span }) => span?.traceId ?? null,
      }),
      spanId: t.string({
        nullable: true,
        description:
          'Span of OpenTelemetry that was active when the first recorded task of the request was made, as 16 hexadecimal digits: of the request itself, or of a part of it. Null where its tasks were not sampled, no span was active, or OpenTelemetry is not loaded.',
        resolve: ({ span }) => span?.spanId ?? null,
      }),
      waitsAt: t.field({
        type: FrameType,
        nullable: true,
        description:
          'The line at which the request waits: the first frame of the program’s own code in its stack. Null where it is not known, because its tasks were not sampled, or it waits for a callback that leaves no trace.',
        resolve: ({ waitsAt }) => waitsAt,
      }),
      stack: t.stringList({
        description:
          'Where the request waits, as function name and `"\\tfile:line"` in turn, innermost first; of several things that it waits for the one that began first. Empty where it is not known.',
        resolve: ({ frames }) => stackLines(frames),
      }),
      frames: t.field({
        type: [FrameType],
        description:
          'Where the request waits, as objects, innermost first. Empty where it is not known.',
        resolve: ({ frames }) => frames,
      }),
    }),
  });

const RequestCoverageType = builder.objectRef<RequestSnapshot>('RequestCoverage').implement({
  description: 'How many requests are in flight, and of how many it is known where they wait.',
  fields: (t) => ({
    requestsInFlight: t.exposeInt('total', {
      description: 'Requests in flight. Exact, whatever is sampled.',
    }),
    placeKnown: t.exposeInt('placeKnown', {
      description:
        'Requests in flight of which it is known where they wait: those whose tasks are recorded.',
    }),
    placeKnownShare: t.float({
      nullable: true,
      description:
        '`placeKnown` as a share of `requestsInFlight`, 0 to 1. Null where there are no requests.',
      resolve: ({ total, placeKnown }) => (total === 0 ? null : placeKnown / total),
    }),
    beyondLimit: t.exposeFloat('beyondLimit', {
      nullable: true,
      description:
        'Requests since the start that began while 100,000 others were in flight: these are in no list and no figure of a route. Null where a target does not tell.',
    }),
    observation: t.field({
      type: ObservationType,
      description: 'How and when the list of requests was obtained.',
      resolve: ({ observation }) => observation,
    }),
  }),
});

targetField('requests', (t) =>
  t.field({
    type: [RequestInFlightType],
    nullable: true,
    args: {
      limit: t.arg.int({
        defaultValue: DEFAULT_LIMIT,
        description: 'Requests at most, 1 to 1000.',
      }),
    },
    description:
      'Every request in flight, slowest first. Which there are is always exact; where one waits is known for those whose tasks are recorded, see `requestCoverage`. Null where a target does not tell (Go, saved files, pprofql 0.1): see `unavailable`.',
    resolve: async (view, { limit }, context) => {
      const target = targetOf(view, context);
      const snapshot = await target.requests({ limit });
      return (
        snapshot?.rows.map((row) => ({ ...row, id: rowId(target, 'requests', row.key) })) ?? null
      );
    },
  }),
);

targetField('requestCoverage', (t) =>
  t.field({
    type: RequestCoverageType,
    nullable: true,
    description:
      'How much `requests` knows. Null where a target does not tell of requests: see `unavailable`.',
    resolve: (view, _args, context) => targetOf(view, context).requests({ limit: 1 }),
  }),
);
