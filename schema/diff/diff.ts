import type { AllocationDiffRow } from '../../api/analyzers/diff/allocations.ts';
import type { TaskDiffRow } from '../../api/analyzers/diff/tasks.ts';
import type { CaptureDiff } from '../../api/diagnostics/captures/captures.ts';
import type { IdentifiedGroup } from '../../api/diagnostics/tasks.ts';
import type { ObservedTarget } from '../../api/targets/target.ts';
import { builder } from '../builder.ts';
import { CaptureType } from '../captures.ts';
import { rowId } from '../identity.ts';
import { targetField, targetOf } from '../targets/target-field.ts';
import { groupRow } from '../tasks/goroutine-group.ts';
import { AllocationDiffsType, type AllocationTables } from './allocations.ts';
import { FigureDiffType } from './figures.ts';
import { OutsideDiffType, type OutsideRow } from './outside.ts';
import { TaskDiffsType } from './tasks.ts';

const DEFAULT_LIMIT = 50;

type IdentifiedDiff = Omit<CaptureDiff, 'allocations' | 'outside'> & {
  allocations: AllocationTables | null;
  outside: OutsideRow[] | null;
};

const DiffType = builder.objectRef<IdentifiedDiff>('Diff').implement({
  description: 'What changed between two captures, or one and now.',
  fields: (t) => ({
    base: t.field({
      type: CaptureType,
      description: 'The moment that is compared with: the earlier one.',
      resolve: (diff) => diff.base,
    }),
    to: t.field({
      type: CaptureType,
      description: 'The moment that is compared: the later one; without a name where it is now.',
      resolve: (diff) => diff.to,
    }),
    figures: t.field({
      type: FigureDiffType,
      description:
        'How memory, CPU time and collections changed from the base to the later moment.',
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
      description:
        'How the number of async tasks changed from the base to the later moment, by group.',
      resolve: (diff) => diff.tasks,
    }),
    outside: t.field({
      type: [OutsideDiffType],
      nullable: true,
      description:
        'What is outside the heap and more than at the base, by the stack that made it, most first: buffers, and what else was watched from the base on (`capture(watchOutside: true)`). Null where nothing was watched and buffers are not seen from the start on (`externalAllocations { unavailableReason }`).',
      resolve: (diff) => diff.outside,
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
  const { allocations, tasks, outside } = diff;
  const allocationRow = (row: AllocationDiffRow & { stackId: string }) => ({
    ...row,
    id: rowId(target, 'diff.allocations', ...moments, row.stackId),
  });
  const taskRow = (row: TaskDiffRow<IdentifiedGroup>) => ({
    ...row,
    id: rowId(target, 'diff.tasks', ...moments, row.id),
    group: groupRow(target, 'diff.tasks.group', row.group, ...moments),
  });
  const grown = allocations?.grown.map(allocationRow) ?? [];
  // By which `holders` knows them.
  target.holders.noteRows(grown);
  return {
    ...diff,
    allocations: allocations && {
      ...allocations,
      grown,
      shrunk: allocations.shrunk.map(allocationRow),
    },
    tasks: { ...tasks, grown: tasks.grown.map(taskRow), shrunk: tasks.shrunk.map(taskRow) },
    outside:
      outside?.map((row) => ({ ...row, id: rowId(target, 'diff.outside', ...moments, row.key) })) ??
      null,
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
