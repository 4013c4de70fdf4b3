import type { TaskDiff, TaskDiffRow } from '../../api/analyzers/diff/tasks.ts';
import type { IdentifiedGroup } from '../../api/diagnostics/tasks.ts';
import { builder } from '../builder.ts';
import { GoroutineGroupType } from '../tasks/goroutine-group.ts';
import { ChangeCountsType, ChangeEnum, DIFF_ROW_ID_DESCRIPTION } from './change.ts';

const TaskDiffType = builder.objectRef<TaskDiffRow<IdentifiedGroup>>('TaskDiff').implement({
  description: 'How many async tasks of one group were live at two moments.',
  fields: (t) => ({
    id: t.exposeID('id', { description: DIFF_ROW_ID_DESCRIPTION }),
    change: t.field({
      type: ChangeEnum,
      description: 'How the number of tasks in the group changed.',
      resolve: (row) => row.change,
    }),
    countDelta: t.exposeInt('countDelta', {
      description: 'Tasks at the later moment minus at the base.',
    }),
    baseCount: t.exposeInt('baseCount', { description: 'Tasks at the base.' }),
    toCount: t.exposeInt('toCount', { description: 'Tasks at the later moment.' }),
    group: t.field({
      type: GoroutineGroupType,
      description: 'The group at the later moment; as it was at the base where it is gone.',
      resolve: (row) => row.group,
    }),
  }),
});

export const TaskDiffsType = builder.objectRef<TaskDiff<IdentifiedGroup>>('TaskDiffs').implement({
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
      resolve: ({ baseCount, toCount }) => toCount - baseCount,
    }),
  }),
});
