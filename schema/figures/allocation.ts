import type { AllocationFigures } from '../../api/analyzers/allocations/allocations.ts';
import type { AllocationSnapshot, IdentifiedRow } from '../../api/diagnostics/heap/types.ts';
import { builder } from '../builder.ts';
import { CodePlaceInterface, placeFields, stackFields } from '../frame.ts';
import { ROW_ID_DESCRIPTION, STACK_ID_DESCRIPTION } from '../identity.ts';

interface FigureField<Figure> {
  type: 'Int' | 'Float';
  nullable: null extends Figure ? true : false;
  /** Says the unit, and when it is null. */
  description: string;
}

const FIGURE_FIELDS: {
  [Name in keyof AllocationFigures]: FigureField<AllocationFigures[Name]>;
} = {
  bytes: {
    type: 'Float',
    nullable: false,
    description:
      'Bytes: still live in `inuseAllocations`, ever allocated since start in `topAllocations`.',
  },
  count: {
    type: 'Float',
    nullable: true,
    description:
      'Objects: still live in `inuseAllocations`, ever allocated since start in `topAllocations`. Null where the sampler tells bytes alone, as V8’s own in a worker thread and in `.heapprofile` files.',
  },
  samples: {
    type: 'Int',
    nullable: true,
    description:
      'Sampled objects that `bytes` was estimated from. One says little more than that this stack allocates. Null where the source does not tell how it samples.',
  },
  marginBytes: {
    type: 'Float',
    nullable: true,
    description:
      'The true value is within this many bytes of `bytes` in 95 of 100 cases: by the chance of sampling, and for live bytes after a restart of the sampler (`AllocationProfile.rotations`) also by what nobody saw dying. Larger than `bytes` where there are few samples; 0 for objects much larger than the sampling interval, all of which are sampled. Null where the source does not tell how it samples.',
  },
  liveBytes: {
    type: 'Float',
    nullable: false,
    description: 'Bytes allocated by this stack that are still live, in either table.',
  },
  liveCount: {
    type: 'Float',
    nullable: true,
    description:
      'Objects allocated by this stack that are still live, in either table. Null where the sampler tells bytes alone.',
  },
  liveSamples: {
    type: 'Int',
    nullable: true,
    description:
      'Sampled objects behind `liveBytes`. Null where the source does not tell how it samples.',
  },
  liveMarginBytes: {
    type: 'Float',
    nullable: true,
    description:
      'The true value is within this many bytes of `liveBytes` in 95 of 100 cases. Null where the source does not tell how it samples.',
  },
  cumulativeBytes: {
    type: 'Float',
    nullable: true,
    description:
      'Bytes ever allocated by this stack, freed ones included, in either table. Null where the runtime cannot give it (Node below 26).',
  },
  cumulativeCount: {
    type: 'Float',
    nullable: true,
    description:
      'Objects ever allocated by this stack, freed ones included. Null where the runtime cannot give it.',
  },
  cumulativeSamples: {
    type: 'Int',
    nullable: true,
    description:
      'Sampled objects behind `cumulativeBytes`, freed ones included. Null where the runtime cannot give it, and where the source does not tell how it samples.',
  },
  cumulativeMarginBytes: {
    type: 'Float',
    nullable: true,
    description:
      'The true value is within this many bytes of `cumulativeBytes` in 95 of 100 cases. Null where the runtime cannot give it, and where the source does not tell how it samples.',
  },
  retention: {
    type: 'Float',
    nullable: true,
    description:
      'Live bytes as a share of the bytes ever allocated here, 0 to 1. Near 0: a hot path whose garbage is collected. Near 1 and growing: a cache or a leak. Null without cumulative figures.',
  },
};

function figureFields(
  t: PothosSchemaTypes.ObjectFieldBuilder<typeof builder.$inferSchemaTypes, TableRow>,
) {
  const names = Object.keys(FIGURE_FIELDS) as (keyof AllocationFigures)[];
  return Object.fromEntries(
    names.map((name) => [
      name,
      // Null only where the type above has had to say so.
      t.field({ ...FIGURE_FIELDS[name], resolve: (row) => row[name] as number }),
    ]),
  );
}

/** A row, and the `id` that it has in its table. */
export type TableRow = IdentifiedRow & { id: string };

export const AllocationInfoType = builder.objectRef<TableRow>('AllocationInfo').implement({
  interfaces: [CodePlaceInterface],
  description:
    'What one full call stack allocated. V8 samples allocations (see `AllocationProfile.samplingIntervalBytes`) and scales them up: bytes and counts are estimates; `samples` and `marginBytes` say how good. Below zero in a saved profile of differences, for what shrank.',
  fields: (t) => ({
    id: t.exposeID('id', { description: ROW_ID_DESCRIPTION }),
    stackId: t.exposeID('stackId', { description: STACK_ID_DESCRIPTION }),
    ...placeFields(t, ({ frames }) => frames[0], {
      function: 'Function at the top of the stack: the one that allocated.',
      file: 'Path or URL of the file of the top frame; empty for V8’s own code.',
      line: '1-based line where the function of the top frame begins: V8’s sampler keeps no finer position. Null where unknown.',
    }),
    ...figureFields(t),
    ...stackFields(t, ({ frames }) => frames),
  }),
});

export const AllocationProfileType = builder
  .objectRef<AllocationSnapshot>('AllocationProfile')
  .implement({
    description:
      'The one heap-profile read that both allocation tables come from, and what it cost. Reads are shared by everyone who asks at the same time, and spaced so that their pauses stay within the pause budget; until the next one, the last read is served.',
    fields: (t) => ({
      heapReadAt: t.field({
        type: 'DateTime',
        description:
          'When the heap was read. Older than now while the event loop is blocked, and while the pause budget holds back a new read.',
        resolve: ({ collectedAtMs }) => collectedAtMs,
      }),
      collectedAt: t.field({
        type: 'DateTime',
        description: 'When the heap was read.',
        deprecationReason: 'It is `heapReadAt`, as in `Capture`.',
        resolve: ({ collectedAtMs }) => collectedAtMs,
      }),
      ageMs: t.float({
        description:
          'Milliseconds since `heapReadAt`: the age of every allocation of this read, whatever the age of other figures. More than a moment while the event loop is blocked, and while the pause budget holds back a new read.',
        resolve: ({ collectedAtMs }) => Math.max(0, Date.now() - collectedAtMs),
      }),
      pauseMs: t.exposeFloat('pauseMs', {
        nullable: true,
        description:
          'How long the read of the heap stopped the observed loop, in milliseconds. On Node 26 and later a read forces a full collection. Null where that is unknown: the profile of a Go process, or a saved file.',
      }),
      samplingIntervalBytes: t.exposeFloat('samplingIntervalBytes', {
        nullable: true,
        description:
          'Mean bytes between two samples, now: see `marginBytes` of each row for what that means. Null where a saved profile does not tell it.',
      }),
      rotations: t.exposeInt('rotations', {
        nullable: true,
        description:
          'How often the sampler was restarted: more coarsely, to keep its memory bounded, or after an allocation profile had it (Node below 26). Cumulative totals carry over unchanged; live figures of objects from before the last restart are from then on estimates, whose error each row counts in its `marginBytes`. Null where that is unknown: the profile of a Go process, or a saved file.',
      }),
      liveBytes: t.exposeFloat('liveBytes', {
        description: 'Live bytes of all stacks together, before cutting to the table size.',
      }),
      cumulativeBytes: t.exposeFloat('cumulativeBytes', {
        nullable: true,
        description:
          'Bytes ever allocated by all stacks together. Null where the runtime cannot give it.',
      }),
      stackCount: t.exposeInt('stackCount', {
        description: 'Distinct stacks in the profile; the tables show the largest 50.',
      }),
    }),
  });
