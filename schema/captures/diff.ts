import type { AllocationDiffRow } from '../../api/analyzers/diff/allocations.ts';
import type { FigureDiff } from '../../api/analyzers/diff/figures.ts';
import type { TaskDiff, TaskDiffRow } from '../../api/analyzers/diff/tasks.ts';
import type { CaptureDiff, IdentifiedAllocationDiff } from '../../api/diagnostics/captures.ts';
import type { IdentifiedGroup } from '../../api/diagnostics/tasks.ts';
import type { ObservedTarget } from '../../api/targets/target.ts';
import { builder } from '../builder.ts';
import { CodePlaceInterface, FrameType, placeFields, stackLines } from '../frame.ts';
import { rowId, STACK_ID_DESCRIPTION } from '../identity.ts';
import { targetField, targetOf } from '../targets/target-field.ts';
import { GoroutineGroupType, groupRow } from '../tasks/goroutines.ts';
import { CaptureType } from './captures.ts';

type IdentifiedAllocationRow = AllocationDiffRow & { id: string; stackId: string };

const DEFAULT_LIMIT = 50;

type AllocationTables = Omit<IdentifiedAllocationDiff, 'grown' | 'shrunk'> & {
  grown: IdentifiedAllocationRow[];
  shrunk: IdentifiedAllocationRow[];
};

type IdentifiedDiff = Omit<CaptureDiff, 'allocations'> & { allocations: AllocationTables | null };

const ChangeEnum = builder.enumType('DiffChange', {
  description: 'How a row changed from the base to the later moment.',
  values: {
    NEW: { description: 'Nothing at the base.' },
    GREW: { description: 'More than at the base.' },
    SHRANK: { description: 'Less than at the base.' },
    GONE: { description: 'Nothing at the later moment.' },
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
      gone: t.exposeInt('GONE', { description: 'Nothing at the later moment.' }),
    }),
  });

const AllocationDiffType = builder.objectRef<IdentifiedAllocationRow>('AllocationDiff').implement({
  interfaces: [CodePlaceInterface],
  description:
    'Live memory of one full call stack at two moments. Estimates of a sampler: what did not change shows no difference, and `marginBytes` says how far a difference can be trusted.',
  fields: (t) => ({
    id: t.exposeID('id', {
      description:
        'Identity of the row: no other diff, table, target or type has it, and the row has it whenever the same diff is asked for, so that a cache may key on it.',
    }),
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
      line: '1-based line where the function of the top frame begins; 0 where unknown.',
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
      description: 'Live objects at the later moment minus live objects at the base.',
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
    toBytes: t.float({
      description: 'Live bytes at the later moment.',
      resolve: ({ target }) => target.bytes,
    }),
    toCount: t.float({
      description: 'Live objects at the later moment.',
      resolve: ({ target }) => target.count,
    }),
    toSamples: t.int({
      nullable: true,
      description:
        'Sampled objects behind `toBytes`. Null where the source does not tell how it samples.',
      resolve: ({ target }) => target.samples,
    }),
    allocatedBytes: t.exposeFloat('allocatedBytes', {
      nullable: true,
      description:
        'Bytes that this stack allocated between the two moments, freed ones included. Null where the runtime cannot give it (Node below 26).',
    }),
    stack: t.stringList({
      description:
        'The full stack as text: a function name and `"\\tfile:line"` in turn, top frame first.',
      resolve: ({ frames }) => stackLines(frames),
    }),
    frames: t.field({
      type: [FrameType],
      description: 'The full call stack as objects, top frame first.',
      resolve: ({ frames }) => frames,
    }),
  }),
});

const AllocationDiffsType = builder.objectRef<AllocationTables>('AllocationDiffs').implement({
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
      resolve: ({ base, target }) => target.bytes - base.bytes,
    }),
    countDelta: t.float({
      description: 'Live objects of all stacks at the later moment, minus those at the base.',
      resolve: ({ base, target }) => target.count - base.count,
    }),
    allocatedBytes: t.exposeFloat('allocatedBytes', {
      nullable: true,
      description:
        'Bytes that all stacks allocated between the two moments, freed ones included. Null where the runtime cannot give it.',
    }),
  }),
});

const TaskDiffType = builder.objectRef<TaskDiffRow<IdentifiedGroup>>('TaskDiff').implement({
  description: 'How many async tasks of one group were live at two moments.',
  fields: (t) => ({
    id: t.exposeID('id', {
      description:
        'Identity of the row: no other diff, table, target or type has it, and the row has it whenever the same diff is asked for, so that a cache may key on it.',
    }),
    change: t.field({
      type: ChangeEnum,
      description: 'How the number of tasks in the group changed.',
      resolve: (row) => row.change,
    }),
    countDelta: t.exposeInt('countDelta', {
      description: 'Tasks at the later moment minus at the base.',
    }),
    baseCount: t.exposeInt('baseCount', { description: 'Tasks at the base.' }),
    toCount: t.exposeInt('targetCount', { description: 'Tasks at the later moment.' }),
    group: t.field({
      type: GoroutineGroupType,
      description: 'The group at the later moment; as it was at the base where it is gone.',
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
      description: 'All tasks at the later moment, minus those at the base.',
      resolve: ({ baseCount, targetCount }) => targetCount - baseCount,
    }),
  }),
});

const FigureDiffType = builder.objectRef<FigureDiff>('FigureDiff').implement({
  description: 'Figures of the process at the later moment minus those at the base.',
  fields: (t) => ({
    elapsedMs: t.exposeFloat('elapsedMs', {
      description:
        'Milliseconds from the base to the later moment; negative where they are swapped.',
    }),
    alloc: t.exposeFloat('heapUsedBytes', {
      description: 'Bytes of live and not yet collected objects.',
    }),
    heapInuse: t.exposeFloat('heapTotalBytes', {
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
    totalAlloc: t.exposeFloat('allocatedBytes', {
      nullable: true,
      description:
        'Bytes allocated on the heap between the two moments, freed ones included. Null where this V8 does not count them.',
    }),
    cpuSeconds: t.exposeFloat('cpuSeconds', {
      nullable: true,
      description:
        'CPU time of the whole process between the two moments, in seconds, all threads together. Null where a target does not tell.',
    }),
    usagePercent: t.exposeFloat('cpuPercent', {
      nullable: true,
      description:
        'CPU use of the whole process between the two moments, in percent of one core: 0 to 100 times the number of cores. Null where a target does not tell.',
    }),
    numGc: t.exposeInt('gcCount', { description: 'Garbage collections between the two moments.' }),
  }),
});

const DiffType = builder.objectRef<IdentifiedDiff>('Diff').implement({
  description: 'What changed between two captures, or one and now.',
  fields: (t) => ({
    base: t.field({
      type: CaptureType,
      description: 'The earlier moment.',
      resolve: (diff) => diff.base,
    }),
    to: t.field({
      type: CaptureType,
      description: 'The later moment; without a name where it is now.',
      resolve: (diff) => diff.to,
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

interface DiffArguments {
  base: string;
  to: string | null;
  limit: number;
  includeOwn: boolean;
}

/** Rows are of one diff: other diffs have other figures for the same stack. */
function identified(target: ObservedTarget, diff: CaptureDiff, asked: DiffArguments) {
  const moments = [
    asked.base,
    diff.base.askedAtMs,
    asked.to,
    asked.to === null ? null : diff.to.askedAtMs,
    asked.limit,
    asked.includeOwn,
  ];
  const { allocations, tasks } = diff;
  const allocationRow = (row: AllocationDiffRow & { stackId: string }) => ({
    ...row,
    id: rowId(target, 'diff.allocations', ...moments, row.stackId),
  });
  const taskRow = (row: TaskDiffRow<IdentifiedGroup>) => ({
    ...row,
    id: rowId(target, 'diff.tasks', ...moments, row.id),
    group: groupRow(target, 'diff.tasks.group', row.group, ...moments),
  });
  return {
    ...diff,
    allocations: allocations && {
      ...allocations,
      grown: allocations.grown.map(allocationRow),
      shrunk: allocations.shrunk.map(allocationRow),
    },
    tasks: { ...tasks, grown: tasks.grown.map(taskRow), shrunk: tasks.shrunk.map(taskRow) },
  };
}

targetField('diff', (t) =>
  t.field({
    type: DiffType,
    nullable: true,
    description:
      'What grew, what is new, what shrank and what went between two captures, or between one and now. Now means a heap read of its own: the answer waits (up to a minute) until the pause budget allows one, and fails with `PAUSE_BUDGET_SPENT` and the time where it does not; a cached read is never compared. Null, with an error, where it fails.',
    args: {
      base: t.arg.string({ description: 'Name of the capture that is the earlier moment.' }),
      to: t.arg.string({
        required: false,
        description: 'Name of the capture that is the later moment; null or none: now.',
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
    resolve: async (view, { base, to = null, limit, includeOwn }, context) => {
      const target = targetOf(view, context);
      const { signal } = context;
      const diff = await target.captures.diff({ base, to, limit, includeOwn, signal });
      return identified(target, diff, { base, to, limit, includeOwn });
    },
  }),
);
