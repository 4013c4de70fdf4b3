/** Functions of a CPU profile: as a table, and as a tree of who called whom. */
import type { CallTreeNode } from '../../api/analyzers/cpu/call-tree.ts';
import type { HotFunction } from '../../api/analyzers/cpu/hot-functions.ts';
import type { Frame } from '../../api/profile/profile.ts';
import { builder } from '../builder.ts';
import { CodePlaceInterface, placeFields } from '../frame.ts';

type Types = typeof builder extends PothosSchemaTypes.SchemaBuilder<infer T> ? T : never;

/** Where a function stands, as both tables and trees give it. */
function functionFields<Parent extends { frame: Frame }>(
  t: PothosSchemaTypes.ObjectFieldBuilder<Types, Parent>,
  description: string,
) {
  return {
    ...placeFields<Parent>(t, ({ frame }) => frame, {
      function: description,
      line: '1-based line where the function begins; null where unknown.',
    }),
    isPprofql: t.boolean({
      description: 'Whether the function is pprofql’s own code, at work in the observed thread.',
      resolve: ({ frame }, _args, { diagnostics }) => diagnostics.isOwnFile(frame.file),
    }),
  };
}

export const HotFunctionType = builder.objectRef<HotFunction>('HotFunction').implement({
  interfaces: [CodePlaceInterface],
  description:
    'A function, and the time it took. Times in `…Ms` are wall time in which the thread was not idle, running or waiting in a synchronous call; times in `…CpuMs` are what the CPU worked of it. What V8 had inlined into its caller before the profile began counts as that caller; so may, seldom, a call that was under way as the profile began.',
  fields: (t) => ({
    ...functionFields(
      t,
      'Function name; `(anonymous)` where it has none. `(garbage collector)` is V8’s collector, `(program)` native code outside of any JavaScript call.',
    ),
    column: t.int({
      nullable: true,
      description: '1-based column where the function begins; null where unknown.',
      resolve: ({ frame }) => frame.column ?? null,
    }),
    selfMs: t.float({
      description: 'Milliseconds in which the function itself ran: it was the top frame.',
      resolve: ({ self }) => self.wallMs,
    }),
    totalMs: t.float({
      description:
        'Milliseconds in which the function or anything it called ran; recursive calls are counted once.',
      resolve: ({ total }) => total.wallMs,
    }),
    selfPercent: t.exposeFloat('selfPercent', {
      description: '`selfMs` as a share of the profile’s (or the route’s) busy time, 0 to 100.',
    }),
    totalPercent: t.exposeFloat('totalPercent', {
      description: '`totalMs` as a share of the profile’s (or the route’s) busy time, 0 to 100.',
    }),
    selfCpuMs: t.float({
      nullable: true,
      description:
        'CPU milliseconds of `selfMs`: far less means that it waited. Null where the platform does not tell (Windows).',
      resolve: ({ self }) => self.cpuMs,
    }),
    totalCpuMs: t.float({
      nullable: true,
      description:
        'CPU milliseconds of `totalMs`. Null where the platform does not tell (Windows).',
      resolve: ({ total }) => total.cpuMs,
    }),
    selfSamples: t.int({
      description: 'Samples behind `selfMs`: a handful proves little.',
      resolve: ({ self }) => self.samples,
    }),
  }),
});

export const CallTreeNodeType = builder.objectRef<CallTreeNode>('CallTreeNode').implement({
  interfaces: [CodePlaceInterface],
  description:
    'One box of a flame graph: a function as called by one chain of callers. The tree comes as a list, since GraphQL cannot recurse.',
  fields: (t) => ({
    parent: t.exposeInt('parent', {
      nullable: true,
      description:
        'Index of the caller’s node in the same list, always smaller than this one’s; null for an outermost frame.',
    }),
    ...functionFields(
      t,
      'Function name. `(other)` holds the time of callees that `limit` left out below its parent.',
    ),
    selfMs: t.float({
      description:
        'Milliseconds, not idle, in which the function itself ran: its width without its callees.',
      resolve: ({ self }) => self.wallMs,
    }),
    totalMs: t.float({
      description:
        'Milliseconds, not idle, in which the function and everything it called ran: its width. `selfMs` and its callees’ `totalMs` add up to it.',
      resolve: ({ total }) => total.wallMs,
    }),
    totalCpuMs: t.float({
      nullable: true,
      description: 'CPU milliseconds of `totalMs`; null where the platform does not tell.',
      resolve: ({ total }) => total.cpuMs,
    }),
    samples: t.int({
      description: 'Samples behind `totalMs`.',
      resolve: ({ total }) => total.samples,
    }),
  }),
});
