import type { CpuProfile, CpuProfileCost } from '../../api/diagnostics/cpu/profile.ts';
import { builder } from '../builder.ts';
import { ObservationType } from '../observation.ts';
import { CallTreeNodeType, HotFunctionType } from './functions.ts';
import { RouteCpuType, TraceCpuType } from './shares.ts';

const DEFAULT_FUNCTIONS = 50;
const DEFAULT_ROUTES = 50;
const DEFAULT_TRACES = 20;
const DEFAULT_NODES = 2_000;

const CpuProfileOverheadType = builder.objectRef<CpuProfileCost>('CpuProfileOverhead').implement({
  description:
    'What the profile cost the observed thread. Besides these figures, following requests adds a hook to every async step while it runs, which slows code that does nothing but await.',
  fields: (t) => ({
    startPauseMs: t.exposeFloat('startPauseMs', {
      description:
        'Milliseconds the event loop stood still for the start, while V8 looked through the heap for functions: about 10, and 1 more for each live megabyte.',
    }),
    stopPauseMs: t.exposeFloat('stopPauseMs', {
      description:
        'Milliseconds the event loop stood still for the end of the profile; grows with the samples.',
    }),
    ownPercent: t.exposeFloat('ownPercent', {
      description: 'Share of the busy time that was sampled inside pprofql’s own code, 0 to 100.',
    }),
  }),
});

/** A profile that was not made from a reading of a Node isolate does not tell these. */
function ifNode<T>({ reading }: CpuProfile, value: T): T | null {
  return reading === null ? null : value;
}

export const CpuProfileType = builder.objectRef<CpuProfile>('CpuProfile').implement({
  description:
    'What the observed thread did, sampled many times a second. Other threads are only summed up.',
  fields: (t) => ({
    id: t.exposeID('id', {
      description:
        'Identity of the profile: what `cpuProfiles(id)` and its download address name it by.',
    }),
    startedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When sampling began. Null where the profile of a target does not tell.',
      resolve: ({ startedAtMs }) => startedAtMs,
    }),
    durationMs: t.exposeFloat('durationMs', {
      nullable: true,
      description:
        'Milliseconds sampled, in which the program could run: without the pauses of the profile’s own start and end, without reads of the heap by pprofql meanwhile, and without time in which the whole process was stopped. Longer than asked for where native code held the thread up at the end. Null where a saved profile does not tell.',
    }),
    samplingIntervalUs: t.exposeInt('samplingIntervalUs', {
      nullable: true,
      description:
        'Microseconds between two samples as asked for: 1000, more in profiles above 20 seconds. On a busy machine there are fewer samples, which then stand for more time each. Null where the profile of a target does not tell.',
    }),
    sampleCount: t.exposeInt('sampleCount', {
      description: 'Samples that were taken, idle ones included; for Go those in which it ran.',
    }),
    observation: t.field({
      type: ObservationType,
      description:
        'How the profile was fetched from the observed thread: `INSPECTOR` where the event loop was stuck at that moment.',
      resolve: ({ observation }) => observation,
    }),
    busyMs: t.float({
      description: 'Milliseconds in which the thread was not idle: the whole of all percentages.',
      resolve: ({ busy }) => busy.wallMs,
    }),
    idleMs: t.float({
      nullable: true,
      description:
        'Milliseconds in which the event loop waited for something to do. Null where the profile does not tell (Go, and files of profile.proto).',
      resolve: (profile) => ifNode(profile, profile.idleMs),
    }),
    programMs: t.float({
      nullable: true,
      description:
        'Milliseconds of `busyMs` in native code outside of any JavaScript call; `(program)` in the tables. Null where the profile does not tell (Go, and files of profile.proto).',
      resolve: (profile) => ifNode(profile, profile.program.wallMs),
    }),
    garbageCollectorMs: t.float({
      nullable: true,
      description:
        'Milliseconds of `busyMs` in the garbage collector; `(garbage collector)` in the tables. Null where the profile does not tell (Go, and files of profile.proto).',
      resolve: (profile) => ifNode(profile, profile.garbageCollector.wallMs),
    }),
    cpuMs: t.float({
      nullable: true,
      description:
        'CPU milliseconds of the thread; less than `busyMs` where it waited in synchronous calls or for a core. Null where the platform does not tell (Windows).',
      resolve: ({ busy }) => busy.cpuMs,
    }),
    otherThreadsCpuMs: t.exposeFloat('otherThreadsCpuMs', {
      nullable: true,
      description:
        'CPU milliseconds of all other threads of the process meanwhile: worker threads, libuv’s pool, V8’s compiler and collector, pprofql’s sidecar. Null where the platform does not tell.',
    }),
    topFunctions: t.field({
      type: [HotFunctionType],
      description: 'Where the time went, most self time first.',
      args: {
        limit: t.arg.int({
          defaultValue: DEFAULT_FUNCTIONS,
          description: 'Functions at most: 1 to 1000.',
        }),
      },
      resolve: (profile, { limit }) => profile.topFunctions({ limit }),
    }),
    callTree: t.field({
      type: [CallTreeNodeType],
      description:
        'Who called whom, for a flame graph: depth first, callees with the most time first. Idle time is not part of it.',
      args: {
        limit: t.arg.int({
          defaultValue: DEFAULT_NODES,
          description:
            'Nodes at most: 1 to 20000, those with the most time; what is left out below a node comes as one `(other)` more.',
        }),
      },
      resolve: (profile, { limit }) => profile.callTree({ limit }),
    }),
    routes: t.field({
      type: [RouteCpuType],
      description:
        'Which endpoint the time went to, most time first, work outside of requests last. Garbage collections count for the route they interrupted.',
      args: {
        limit: t.arg.int({
          defaultValue: DEFAULT_ROUTES,
          description: 'Routes at most: 1 to 1000.',
        }),
      },
      resolve: (profile, { limit }) => profile.routes({ limit }),
    }),
    traces: t.field({
      type: [TraceCpuType],
      description:
        'Which traces of OpenTelemetry the time went to, most time first; of work in no span nothing is told. Empty where no span was active, OpenTelemetry is not loaded, or no work is attributed to routes either (`routesUnavailable`). The file of `downloadUrl` has the spans as well.',
      args: {
        limit: t.arg.int({
          defaultValue: DEFAULT_TRACES,
          description: 'Traces at most: 1 to 1000.',
        }),
      },
      resolve: (profile, { limit }) => profile.traces({ limit }),
    }),
    routesUnavailable: t.exposeString('routesUnavailable', {
      nullable: true,
      description: 'Why no work is attributed to a route here; null where it is.',
    }),
    downloadUrl: t.string({
      description:
        'Where the profile is as gzipped profile.proto, for `go tool pprof`, Speedscope and others; relative to the address of the dashboard. Needs the token where one is set.',
      resolve: ({ id }) => `debug/pprof/cpu/${id}.pb.gz`,
    }),
    cpuprofileUrl: t.string({
      description:
        'Where the profile is as `.cpuprofile`, for the DevTools of Chrome and for VS Code; relative to the address of the dashboard. Needs the token where one is set.',
      resolve: ({ id }) => `debug/pprof/cpu/${id}.cpuprofile`,
    }),
    overhead: t.field({
      type: CpuProfileOverheadType,
      nullable: true,
      description:
        'What taking the profile cost the observed thread. Null where that is unknown: another process took the profile, or it comes from a file.',
      resolve: (profile) => ifNode(profile, profile.cost),
    }),
  }),
});
