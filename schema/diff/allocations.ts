import type { AllocationDiffRow } from '../../api/analyzers/diff/allocations.ts';
import type { IdentifiedAllocationDiff } from '../../api/diagnostics/captures/captures.ts';
import { builder } from '../builder.ts';
import { CodePlaceInterface, placeFields, stackFields } from '../frame.ts';
import { STACK_ID_DESCRIPTION } from '../identity.ts';
import { ChangeCountsType, ChangeEnum, DIFF_ROW_ID_DESCRIPTION } from './change.ts';

type IdentifiedAllocationRow = AllocationDiffRow & { id: string; stackId: string };

export type AllocationTables = Omit<IdentifiedAllocationDiff, 'grown' | 'shrunk'> & {
  grown: IdentifiedAllocationRow[];
  shrunk: IdentifiedAllocationRow[];
};

const AllocationDiffType = builder.objectRef<IdentifiedAllocationRow>('AllocationDiff').implement({
  interfaces: [CodePlaceInterface],
  description:
    'Live memory of one full call stack at two moments. Estimates of a sampler: what did not change shows no difference, and `marginBytes` says how far a difference can be trusted.',
  fields: (t) => ({
    id: t.exposeID('id', { description: DIFF_ROW_ID_DESCRIPTION }),
    stackId: t.exposeID('stackId', { description: STACK_ID_DESCRIPTION }),
    change: t.field({
      type: ChangeEnum,
      description:
        'How the live memory of the stack changed: by bytes, and by objects where the bytes are equal.',
      resolve: (row) => row.change,
    }),
    ...placeFields(t, ({ frames }) => frames[0], {
      function: 'Function at the top of the stack: the one that allocated.',
      file: 'Path or URL of the file of the top frame; empty for V8’s own code.',
      line: '1-based line where the function of the top frame begins; null where unknown.',
    }),
    bytesDelta: t.exposeFloat('bytesDelta', {
      description: 'Live bytes at the later moment minus live bytes at the base.',
    }),
    marginBytes: t.exposeFloat('marginBytes', {
      nullable: true,
      description:
        'The true difference is within this many bytes of `bytesDelta` in 95 of 100 cases. Objects that are live at both moments add nothing to it where allocations are counted (Node 26 and later); elsewhere they do. Null where the source does not tell how it samples.',
    }),
    countDelta: t.exposeFloat('countDelta', {
      nullable: true,
      description:
        'Live objects at the later moment minus live objects at the base. Null where the sampler tells bytes alone.',
    }),
    baseBytes: t.float({
      description: 'Live bytes at the base.',
      resolve: ({ base }) => base.bytes,
    }),
    baseCount: t.float({
      nullable: true,
      description: 'Live objects at the base. Null where the sampler tells bytes alone.',
      resolve: ({ base }) => base.count,
    }),
    baseSamples: t.int({
      nullable: true,
      description:
        'Sampled objects behind `baseBytes`. Null where the source does not tell how it samples.',
      resolve: ({ base }) => base.samples,
    }),
    toBytes: t.float({
      description: 'Live bytes at the later moment.',
      resolve: ({ to }) => to.bytes,
    }),
    toCount: t.float({
      nullable: true,
      description: 'Live objects at the later moment. Null where the sampler tells bytes alone.',
      resolve: ({ to }) => to.count,
    }),
    toSamples: t.int({
      nullable: true,
      description:
        'Sampled objects behind `toBytes`. Null where the source does not tell how it samples.',
      resolve: ({ to }) => to.samples,
    }),
    allocatedBytes: t.exposeFloat('allocatedBytes', {
      nullable: true,
      description:
        'Bytes that this stack allocated between the two moments, freed ones included. Null where the runtime cannot give it (Node below 26).',
    }),
    ...stackFields(t, ({ frames }) => frames),
  }),
});

export const AllocationDiffsType = builder
  .objectRef<AllocationTables>('AllocationDiffs')
  .implement({
    description:
      'Live memory of all stacks at two moments, joined on the full stack before cutting to the limit. Stacks that did not change are left out.',
    fields: (t) => ({
      grown: t.field({
        type: [AllocationDiffType],
        description: 'New and grown stacks: most bytes of growth first, then most objects.',
        resolve: (diff) => diff.grown,
      }),
      shrunk: t.field({
        type: [AllocationDiffType],
        description: 'Shrunk and gone stacks: most bytes lost first, then most objects.',
        resolve: (diff) => diff.shrunk,
      }),
      stackCounts: t.field({
        type: ChangeCountsType,
        description: 'How many stacks changed, and how.',
        resolve: (diff) => diff.rowCounts,
      }),
      bytesDelta: t.float({
        description: 'Live bytes of all stacks at the later moment, minus those at the base.',
        resolve: ({ base, to }) => to.bytes - base.bytes,
      }),
      countDelta: t.float({
        nullable: true,
        description:
          'Live objects of all stacks at the later moment, minus those at the base. Null where the sampler tells bytes alone.',
        resolve: ({ base, to }) =>
          to.count === null || base.count === null ? null : to.count - base.count,
      }),
      allocatedBytes: t.exposeFloat('allocatedBytes', {
        nullable: true,
        description:
          'Bytes that all stacks allocated between the two moments, freed ones included. Null where the runtime cannot give it.',
      }),
    }),
  });
