import type {
  AllocatingFunction,
  AllocationTreeNode,
} from '../../api/analyzers/allocations/allocating.ts';
import type { TakenAllocationProfile } from '../../api/diagnostics/allocation-profiles/profile.ts';
import { builder } from '../builder.ts';
import { CodePlaceInterface, placeFields } from '../frame.ts';

const DEFAULT_FUNCTIONS = 50;
const DEFAULT_NODES = 2_000;

const FUNCTION_LINE = '1-based line where the function begins; null where unknown.';
const ROUTES_UNAVAILABLE =
  'V8’s heap sampler notes the call stack of an allocation and nothing of the request that it was made for; a CPU profile tells routes apart';

const AllocatingFunctionType = builder
  .objectRef<AllocatingFunction>('AllocatingFunction')
  .implement({
    interfaces: [CodePlaceInterface],
    description:
      'A function, and what it allocated while the profile was taken, freed objects included. Bytes are estimates from samples.',
    fields: (t) => ({
      ...placeFields(t, ({ frame }) => frame, {
        function: 'Function name; `(anonymous)` where it has none.',
        line: FUNCTION_LINE,
      }),
      selfBytes: t.exposeFloat('selfBytes', {
        description: 'Bytes that the function allocated itself: it was the top frame.',
      }),
      totalBytes: t.exposeFloat('totalBytes', {
        description:
          'Bytes that the function or anything it called allocated; recursive calls are counted once.',
      }),
      selfPercent: t.exposeFloat('selfPercent', {
        description: '`selfBytes` as a share of all bytes of the profile, 0 to 100.',
      }),
      totalPercent: t.exposeFloat('totalPercent', {
        description: '`totalBytes` as a share of all bytes of the profile, 0 to 100.',
      }),
      selfSamples: t.exposeInt('selfSamples', {
        description: 'Sampled objects behind `selfBytes`: a handful proves little.',
      }),
    }),
  });

const AllocationTreeNodeType = builder
  .objectRef<AllocationTreeNode>('AllocationTreeNode')
  .implement({
    interfaces: [CodePlaceInterface],
    description:
      'One box of a flame graph: a function as called by one chain of callers, and what was allocated there. The tree comes as a list, since GraphQL cannot recurse.',
    fields: (t) => ({
      parent: t.exposeInt('parent', {
        nullable: true,
        description:
          'Index of the caller’s node in the same list, always smaller than this one’s; null for an outermost frame.',
      }),
      ...placeFields(t, ({ frame }) => frame, {
        function:
          'Function name. `(other)` holds the bytes of callees that `limit` left out below its parent.',
        line: FUNCTION_LINE,
      }),
      selfBytes: t.exposeFloat('selfBytes', {
        description: 'Bytes that the function allocated itself: its width without its callees.',
      }),
      totalBytes: t.exposeFloat('totalBytes', {
        description:
          'Bytes that the function and everything it called allocated: its width. `selfBytes` and its callees’ `totalBytes` add up to it.',
      }),
      samples: t.exposeInt('samples', { description: 'Sampled objects behind `totalBytes`.' }),
    }),
  });

export const TakenAllocationProfileType = builder
  .objectRef<TakenAllocationProfile>('TakenAllocationProfile')
  .implement({
    description:
      'What the program allocated on V8’s heap in a stretch of time, freed objects included; pprofql’s own allocations are left out.',
    fields: (t) => ({
      id: t.exposeID('id', {
        description: 'Identity of the profile, which no other has; it is not kept.',
      }),
      startedAt: t.field({
        type: 'DateTime',
        description: 'When sampling began.',
        resolve: ({ startedAtMs }) => startedAtMs,
      }),
      durationMs: t.exposeFloat('durationMs', {
        description:
          'Milliseconds sampled. Longer than asked for where the thread was busy at the end, or the pause budget held the last read of the heap back (Node 26 and later).',
      }),
      samplingIntervalBytes: t.exposeFloat('samplingIntervalBytes', {
        nullable: true,
        description:
          'Mean bytes between two samples: 64 kB up to 5 seconds, more in proportion beyond; on Node 26 and later that of the sampler which runs for good. Null where a target does not tell.',
      }),
      sampleCount: t.exposeInt('sampleCount', {
        description: 'Sampled objects behind all figures of the profile.',
      }),
      bytes: t.exposeFloat('bytes', { description: 'Bytes allocated, an estimate.' }),
      bytesPerSecond: t.float({
        nullable: true,
        description:
          'Bytes allocated a second: `bytes` by `durationMs`. Null where no time has passed.',
        resolve: ({ bytes, durationMs }) => (durationMs > 0 ? (bytes / durationMs) * 1_000 : null),
      }),
      objects: t.exposeFloat('objects', {
        nullable: true,
        description:
          'Objects allocated, an estimate. Null on Node below 26, where V8 tells bytes alone.',
      }),
      topFunctions: t.field({
        type: [AllocatingFunctionType],
        description: 'Who allocated, most bytes of its own first.',
        args: {
          limit: t.arg.int({
            defaultValue: DEFAULT_FUNCTIONS,
            description: 'Functions at most: 1 to 1000.',
          }),
        },
        resolve: (profile, { limit }) => profile.topFunctions({ limit }),
      }),
      callTree: t.field({
        type: [AllocationTreeNodeType],
        description:
          'Who called whom, for a flame graph: depth first, callees with the most bytes first.',
        args: {
          limit: t.arg.int({
            defaultValue: DEFAULT_NODES,
            description:
              'Nodes at most: 1 to 20000, those with the most bytes; what is left out below a node comes as one `(other)` more.',
          }),
        },
        resolve: (profile, { limit }) => profile.callTree({ limit }),
      }),
      routesUnavailable: t.string({
        description: 'Why allocations are not told by route, in one sentence.',
        resolve: () => ROUTES_UNAVAILABLE,
      }),
      liveTableCost: t.exposeString('liveTableCost', {
        nullable: true,
        description:
          'What the profile cost the tables of live memory, in one sentence. Null for nothing: on Node 26 and later the sampler runs on.',
      }),
      startPauseMs: t.exposeFloat('startPauseMs', {
        nullable: true,
        description:
          'Milliseconds the event loop stood still for the start of the profile, where that is short a collection of garbage included. Null where a target does not tell.',
      }),
      stopPauseMs: t.exposeFloat('stopPauseMs', {
        nullable: true,
        description:
          'Milliseconds the event loop stood still for the end of the profile. Null where a target does not tell.',
      }),
    }),
  });
