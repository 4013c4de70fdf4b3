import type { AllocationDiffRow } from '../api/analyzers/diff/allocations.ts';
import type { FigureDiff } from '../api/analyzers/diff/figures.ts';
import type { TaskDiff, TaskDiffRow } from '../api/analyzers/diff/tasks.ts';
import type { CaptureDiff, IdentifiedAllocationDiff } from '../api/diagnostics/captures.ts';
import type { IdentifiedGroup } from '../api/diagnostics/types.ts';
import { builder } from './builder.ts';
import { CaptureType } from './captures.ts';
import { FrameType, stackLines } from './frame.ts';
import { GoroutineGroupType } from './goroutines.ts';

type IdentifiedAllocationRow = AllocationDiffRow & { id: string };

const DEFAULT_LIMIT = 50;

const ChangeEnum = builder.enumType('DiffChange', {
  description: 'How a row changed from the base to the target.',
  values: {
    NEW: { description: 'Nothing at the base.' },
    GREW: { description: 'More than at the base.' },
    SHRANK: { description: 'Less than at the base.' },
    GONE: { description: 'Nothing at the target.' },
  },
});

const ChangeCountsType = builder
  .objectRef<IdentifiedAllocationDiff['rowCounts']>('ChangeCounts')
  .implement({
    description: 'Rows by how they changed, before cutting to the limit.',
    fields: (t) => ({
      new: t.exposeInt('NEW', { description: 'Nothing at the base.' }),
      grew: t.exposeInt('GREW', { description: 'More than at the base.' }),
      shrank: t.exposeInt('SHRANK', { description: 'Less than at the base.' }),
      gone: t.exposeInt('GONE', { description: 'Nothing at the target.' }),
    }),
  });

const AllocationDiffType = builder.objectRef<IdentifiedAllocationRow>('AllocationDiff').implement({
  description:
    'Live memory of one full call stack at two moments. Estimates of a sampler: what did not change shows no difference, and `marginBytes` says how far a difference can be trusted.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'That of the stack in the allocation tables.' }),
    change: t.field({
      type: ChangeEnum,
      description: 'How it changed: by bytes, and by objects where the bytes are equal.',
      resolve: (row) => row.change,
    }),
    function: t.string({
      description: 'Function at the top of the stack: the one that allocated.',
      resolve: ({ frames }) => frames[0]?.function ?? '',
    }),
    file: t.string({
      description: 'File of the top frame; empty for V8’s own code.',
      resolve: ({ frames }) => frames[0]?.file ?? '',
    }),
    line: t.int({
      description: '1-based line where the function of the top frame begins; 0 where unknown.',
      resolve: ({ frames }) => frames[0]?.line ?? 0,
    }),
    bytesDelta: t.exposeFloat('bytesDelta', {
      description: 'Live bytes at the target minus live bytes at the base.',
    }),
    marginBytes: t.exposeFloat('marginBytes', {
      nullable: true,
      description:
        'The true difference is within this many bytes of `bytesDelta` in 95 of 100 cases. Objects that are live at both moments add nothing to it where allocations are counted (Node 26 and later); elsewhere they do. Null where the source does not tell how it samples.',
    }),
    countDelta: t.exposeFloat('countDelta', {
      description: 'Live objects at the target minus live objects at the base.',
    }),
    baseBytes: t.float({
      description: 'Live bytes at the base.',
      resolve: ({ base }) => base.bytes,
    }),
    baseCount: t.float({
      description: 'Live objects at the base.',
      resolve: ({ base }) => base.count,
    }),
    baseSamples: t.int({
      nullable: true,
      description:
        'Sampled objects behind `baseBytes`. Null where the source does not tell how it samples.',
      resolve: ({ base }) => base.samples,
    }),
    targetBytes: t.float({
      description: 'Live bytes at the target.',
      resolve: ({ target }) => target.bytes,
    }),
    targetCount: t.float({
      description: 'Live objects at the target.',
      resolve: ({ target }) => target.count,
    }),
    targetSamples: t.int({
      nullable: true,
      description:
        'Sampled objects behind `targetBytes`. Null where the source does not tell how it samples.',
      resolve: ({ target }) => target.samples,
    }),
    allocatedBytes: t.exposeFloat('allocatedBytes', {
      nullable: true,
      description:
        'Bytes this stack allocated in between, freed ones included. Null where the runtime cannot give it (Node below 26).',
    }),
    stack: t.stringList({
      description:
        'The full stack as text: a function name and `"\\tfile:line"` in turn, top frame first.',
      resolve: ({ frames }) => stackLines(frames),
    }),
    frames: t.field({
      type: [FrameType],
      description: 'The same stack as objects, top frame first.',
      resolve: ({ frames }) => frames,
    }),
  }),
});

const AllocationDiffsType = builder
  .objectRef<IdentifiedAllocationDiff>('AllocationDiffs')
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
        description: 'Live bytes of all stacks at the target, minus those at the base.',
        resolve: ({ base, target }) => target.bytes - base.bytes,
      }),
      countDelta: t.float({
        description: 'Live objects of all stacks at the target, minus those at the base.',
        resolve: ({ base, target }) => target.count - base.count,
      }),
      allocatedBytes: t.exposeFloat('allocatedBytes', {
        nullable: true,
        description:
          'Bytes that all stacks allocated in between, freed ones included. Null where the runtime cannot give it.',
      }),
    }),
  });

const TaskDiffType = builder.objectRef<TaskDiffRow<IdentifiedGroup>>('TaskDiff').implement({
  description: 'How many async tasks of one group were live at two moments.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'That of the group.' }),
    change: t.field({
      type: ChangeEnum,
      description: 'How it changed.',
      resolve: (row) => row.change,
    }),
    countDelta: t.exposeInt('countDelta', {
      description: 'Tasks at the target minus at the base.',
    }),
    baseCount: t.exposeInt('baseCount', { description: 'Tasks at the base.' }),
    targetCount: t.exposeInt('targetCount', { description: 'Tasks at the target.' }),
    group: t.field({
      type: GoroutineGroupType,
      description: 'The group at the target; as it was at the base where it is gone.',
      resolve: (row) => row.group,
    }),
  }),
});

const TaskDiffsType = builder.objectRef<TaskDiff<IdentifiedGroup>>('TaskDiffs').implement({
  description:
    'The async tasks of two moments, joined by group before cutting to the limit. Groups with as many tasks as before are left out.',
  fields: (t) => ({
    grown: t.field({
      type: [TaskDiffType],
      description: 'New and grown groups: most growth first, then most tasks.',
      resolve: (diff) => diff.grown,
    }),
    shrunk: t.field({
      type: [TaskDiffType],
      description: 'Shrunk and gone groups: most tasks lost first.',
      resolve: (diff) => diff.shrunk,
    }),
    groupCounts: t.field({
      type: ChangeCountsType,
      description: 'How many groups changed, and how.',
      resolve: (diff) => diff.rowCounts,
    }),
    countDelta: t.int({
      description: 'All tasks at the target, minus those at the base.',
      resolve: ({ baseCount, targetCount }) => targetCount - baseCount,
    }),
  }),
});

const FigureDiffType = builder.objectRef<FigureDiff>('FigureDiff').implement({
  description: 'Figures of the process at the target minus those at the base.',
  fields: (t) => ({
    elapsedMs: t.exposeFloat('elapsedMs', {
      description: 'Milliseconds from the base to the target; negative where they are swapped.',
    }),
    heapUsed: t.exposeFloat('heapUsedBytes', {
      description: 'Bytes of live and not yet collected objects.',
    }),
    heapTotal: t.exposeFloat('heapTotalBytes', {
      description: 'Bytes that V8 has committed for the heap.',
    }),
    external: t.exposeFloat('externalBytes', {
      nullable: true,
      description:
        'Bytes outside the heap that JavaScript objects hold, buffers included. Null for Go.',
    }),
    arrayBuffers: t.exposeFloat('arrayBuffersBytes', {
      nullable: true,
      description: 'Bytes of `ArrayBuffer`s and `Buffer`s; part of `external`. Null for Go.',
    }),
    sys: t.exposeFloat('rssBytes', { description: 'Bytes of the resident set.' }),
    allocatedBytes: t.exposeFloat('allocatedBytes', {
      nullable: true,
      description:
        'Bytes allocated on the heap in between, freed ones included. Null where this V8 does not count them.',
    }),
    cpuSeconds: t.exposeFloat('cpuSeconds', {
      nullable: true,
      description:
        'CPU time of the whole process in between, in seconds, all threads together. Null where a target does not tell.',
    }),
    cpuPercent: t.exposeFloat('cpuPercent', {
      nullable: true,
      description:
        'The same in percent of one core: 0 to 100 times the number of cores. Null where a target does not tell.',
    }),
    gcCount: t.exposeInt('gcCount', { description: 'Garbage collections in between.' }),
  }),
});

const DiffType = builder.objectRef<CaptureDiff>('Diff').implement({
  description: 'What changed between two captures, or one and now.',
  fields: (t) => ({
    base: t.field({
      type: CaptureType,
      description: 'The earlier moment.',
      resolve: (diff) => diff.base,
    }),
    target: t.field({
      type: CaptureType,
      description: 'The later moment; without a name where it is now.',
      resolve: (diff) => diff.target,
    }),
    figures: t.field({
      type: FigureDiffType,
      description: 'Memory, CPU time and collections.',
      resolve: (diff) => diff.figures,
    }),
    allocations: t.field({
      type: AllocationDiffsType,
      nullable: true,
      description:
        'Live memory by stack. Null where one of the two has no heap read: see its `heapUnavailable`.',
      resolve: (diff) => diff.allocations,
    }),
    tasks: t.field({
      type: TaskDiffsType,
      description: 'Async tasks by group.',
      resolve: (diff) => diff.tasks,
    }),
  }),
});

builder.queryField('diff', (t) =>
  t.field({
    type: DiffType,
    description:
      'What grew, what is new, what shrank and what went between two captures, or between one and now. Now means a heap read of its own: the answer waits (up to a minute) until the pause budget allows one, and fails with `PAUSE_BUDGET_SPENT` and the time where it does not; a cached read is never compared.',
    args: {
      of: t.arg.id({
        required: false,
        description:
          'Name of one of `targets`, whose captures these are; null: the default one, which is this process.',
      }),
      base: t.arg.string({ description: 'Name of a capture.' }),
      target: t.arg.string({
        required: false,
        description: 'Name of another one; null or none: now.',
      }),
      limit: t.arg.int({
        defaultValue: DEFAULT_LIMIT,
        description: 'Rows of each list, 1 to 1000.',
      }),
      includeOwn: t.arg.boolean({
        defaultValue: false,
        description: 'Also count what pprofql itself allocates in the observed thread.',
      }),
    },
    resolve: (_root, { of, target, ...args }, { diagnostics, signal }) =>
      diagnostics.target(of).captures.diff({ ...args, target: target ?? null, signal }),
  }),
);
