import type { RouteRow, RouteWait, RouteWaitKind } from '../../api/analyzers/requests/types.ts';
import { builder } from '../builder.ts';
import { FrameType, stackLines } from '../frame.ts';
import { rowId } from '../identity.ts';
import { targetField, targetOf } from '../targets/target-field.ts';

const DEFAULT_LIMIT = 50;

const RouteWaitKindEnum = builder.enumType('RouteWaitKind', {
  description: 'What the time of requests goes to.',
  values: {
    CPU: { description: 'The observed thread works for the request.' },
    WAIT: { description: 'The request waits at a line of the program.' },
    UNKNOWN: {
      description:
        'The request is in flight, and it is not known where it waits: at a callback, for its turn of a busy thread, or for a client that reads slowly.',
    },
  } satisfies Record<RouteWaitKind, { description: string }>,
});

const RouteWaitType = builder.objectRef<RouteWait & { id: string }>('RouteWait').implement({
  description: 'One of the places that the time of a route goes to.',
  fields: (t) => ({
    id: t.exposeID('id', {
      description:
        'Identity of the place within its route and target, so that a cache may key on it.',
    }),
    kind: t.field({
      type: RouteWaitKindEnum,
      description: 'Whether the requests of the route wait at a line, or the CPU works for them.',
      resolve: ({ kind }) => kind,
    }),
    waitsAt: t.field({
      type: FrameType,
      nullable: true,
      description:
        'The line that the requests wait at: the first frame of the program’s own code. Null for `CPU` and `UNKNOWN`.',
      resolve: ({ place }) => place,
    }),
    stack: t.stringList({
      description:
        'Where the requests wait, as function name and `"\\tfile:line"` in turn, innermost first; of several stacks that lead to the line the one most seen. Empty for `CPU` and `UNKNOWN`.',
      resolve: ({ frames }) => stackLines(frames),
    }),
    frames: t.field({
      type: [FrameType],
      description:
        'Where the requests wait, as objects, innermost first. Empty for `CPU` and `UNKNOWN`.',
      resolve: ({ frames }) => frames,
    }),
    share: t.exposeFloat('share', {
      description: 'Share of the time of the route’s requests that goes here, 0 to 1; an estimate.',
    }),
    samples: t.int({
      nullable: true,
      description:
        'How often a request was seen here, by looks at the requests in flight (two a second at most). Null for `CPU`, which is measured in short windows instead.',
      resolve: ({ kind, samples }) => (kind === 'CPU' ? null : samples),
    }),
  }),
});

const answered = (name: string) =>
  `Milliseconds from the arrival of a request to the end of its answer, ${name} of those that were answered since the start, to within one percent. Null before the first.`;

const RouteStatsType = builder.objectRef<RouteRow & { id: string }>('RouteStats').implement({
  description:
    'What a route has served since pprofql began to observe the process. At most 200 routes are told apart: those that are asked for least count as `other`.',
  fields: (t) => ({
    id: t.exposeID('id', {
      description: 'Identity of the route within its target, so that a cache may key on it.',
    }),
    route: t.exposeString('route', {
      description:
        'Method and route pattern, such as `GET /users/:id`; `other` for what is not told apart.',
    }),
    count: t.exposeInt('count', {
      description: 'Requests that have ended, those that were broken off included.',
    }),
    inFlight: t.exposeInt('inFlight', { description: 'Requests of the route in flight now.' }),
    p50Ms: t.exposeFloat('p50Ms', { nullable: true, description: answered('the median') }),
    p95Ms: t.exposeFloat('p95Ms', { nullable: true, description: answered('95th percentile') }),
    p99Ms: t.exposeFloat('p99Ms', { nullable: true, description: answered('99th percentile') }),
    maxMs: t.exposeFloat('maxMs', {
      nullable: true,
      description:
        'Milliseconds of the slowest request that was answered since the start. Null before the first.',
    }),
    waits: t.field({
      type: [RouteWaitType],
      description:
        'Where the time of the requests goes, most first, 20 places at most. Empty before anything was seen, and where tasks are not tracked.',
      resolve: ({ waits, id }) =>
        waits.map((wait) => ({
          ...wait,
          id: `${id}-${wait.kind}-${wait.place?.function ?? ''}-${wait.place?.file ?? ''}-${wait.place?.line ?? ''}`,
        })),
    }),
  }),
});

targetField('routes', (t) =>
  t.field({
    type: [RouteStatsType],
    nullable: true,
    args: {
      limit: t.arg.int({
        defaultValue: DEFAULT_LIMIT,
        description: 'Routes at most, 1 to 1000.',
      }),
    },
    description:
      'What each route has served and where its time goes, the routes that most time went to first. Null where a target does not tell (Go, saved files, pprofql 0.1): see `unavailable`.',
    resolve: async (view, { limit }, context) => {
      const target = targetOf(view, context);
      const snapshot = await target.routes({ limit });
      return (
        snapshot?.rows.map((row) => ({ ...row, id: rowId(target, 'routes', row.route) })) ?? null
      );
    },
  }),
);
