/** What of a CPU profile was spent on a route, and on a trace. */
import type { FieldRef } from '@pothos/core';
import type { CpuRoute, CpuTrace } from '../../api/diagnostics/cpu/profile.ts';
import { builder } from '../builder.ts';
import { HotFunctionType } from './functions.ts';

const DEFAULT_FUNCTIONS = 10;

type Types = typeof builder extends PothosSchemaTypes.SchemaBuilder<infer T> ? T : never;
type Share = Pick<CpuRoute & CpuTrace, 'times' | 'percent' | 'topFunctions'>;

/** @param descriptions what differs between what shares a profile */
function shareFields<Parent extends Share>(
  t: PothosSchemaTypes.ObjectFieldBuilder<Types, Parent>,
  descriptions: { ms: string; percent: string; topFunctions: string },
): Record<'ms' | 'percent' | 'cpuMs' | 'samples' | 'topFunctions', FieldRef<Types>> {
  return {
    ms: t.float({ description: descriptions.ms, resolve: ({ times }) => times.wallMs }),
    percent: t.float({
      description: descriptions.percent,
      resolve: ({ percent }) => percent,
    }),
    cpuMs: t.float({
      nullable: true,
      description: 'CPU milliseconds of `ms`; null where the platform does not tell.',
      resolve: ({ times }) => times.cpuMs,
    }),
    samples: t.int({
      description: 'Samples behind `ms`: a handful proves little.',
      resolve: ({ times }) => times.samples,
    }),
    topFunctions: t.field({
      type: [HotFunctionType],
      description: descriptions.topFunctions,
      args: {
        limit: t.arg.int({
          defaultValue: DEFAULT_FUNCTIONS,
          description: 'Functions at most: 1 to 1000.',
        }),
      },
      resolve: (parent, { limit }) => parent.topFunctions({ limit }),
    }),
  };
}

export const RouteCpuType = builder.objectRef<CpuRoute>('RouteCpu').implement({
  description: 'Time spent on requests of one route.',
  fields: (t) => ({
    route: t.exposeString('route', {
      nullable: true,
      description:
        'Method and route pattern, such as `GET /users/:id`; null for all work outside of requests.',
    }),
    ...shareFields(t, {
      ms: 'Milliseconds, not idle, that were spent on requests of the route.',
      percent: '`ms` as a share of the profile’s busy time, 0 to 100; all routes add up to 100.',
      topFunctions: 'Where in this route the time went, most self time first.',
    }),
  }),
});

export const TraceCpuType = builder.objectRef<CpuTrace>('TraceCpu').implement({
  description: 'Time spent in one trace of OpenTelemetry.',
  fields: (t) => ({
    traceId: t.exposeString('traceId', {
      description: 'The trace, as 32 hexadecimal digits, as other tools name it.',
    }),
    ...shareFields(t, {
      ms: 'Milliseconds, not idle, in which a span of the trace was active.',
      percent: '`ms` as a share of the profile’s busy time, 0 to 100.',
      topFunctions: 'Where in this trace the time went, most self time first.',
    }),
  }),
});
