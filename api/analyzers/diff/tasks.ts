/** Which groups of async tasks have more members than before, and which fewer. */

import { compareText } from '../frame-order.ts';
import { TABLE_ROWS } from '../largest.ts';
import type { TaskGroup } from '../tasks/types.ts';
import { type Change, type ChangeTables, changeOf, changeTables } from './diff.ts';

/** A group with what follows it from answer to answer. */
export type NamedGroup = TaskGroup & { id: string };

export interface TaskDiffRow<Group extends NamedGroup = NamedGroup> {
  id: string;
  change: Change;
  baseCount: number;
  toCount: number;
  countDelta: number;
  /** As it is at the later moment; as it was at the base where it is gone. */
  group: Group;
}

export interface TaskDiff<Group extends NamedGroup = NamedGroup>
  extends ChangeTables<TaskDiffRow<Group>> {
  /** All tasks, before cutting. */
  baseCount: number;
  toCount: number;
}

/**
 * Joins the groups of two moments by their id, and only then cuts to the top `limit`. Order: most
 * growth, then most tasks, then by id. Groups with as many tasks as before are left out.
 */
export function diffTasks<Group extends NamedGroup>(
  base: readonly Group[],
  to: readonly Group[],
  { limit = TABLE_ROWS }: { limit?: number } = {},
): TaskDiff<Group> {
  const baseCounts = countById(base);
  const toCounts = countById(to);
  // The later moment's group is the fresher one.
  const groups = new Map([...base, ...to].map((group) => [group.id, group]));
  const rows = [...groups].flatMap(([id, group]): TaskDiffRow<Group>[] => {
    const baseCount = baseCounts.get(id) ?? 0;
    const toCount = toCounts.get(id) ?? 0;
    const change = changeOf([baseCount], [toCount]);
    if (change === null) return [];
    return [{ id, change, baseCount, toCount, countDelta: toCount - baseCount, group }];
  });
  return {
    ...changeTables(
      rows,
      limit,
      (a, b) => b.countDelta - a.countDelta || b.toCount - a.toCount || compareText(a.id, b.id),
    ),
    baseCount: total(base),
    toCount: total(to),
  };
}

function countById(groups: readonly NamedGroup[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { id, count } of groups) counts.set(id, (counts.get(id) ?? 0) + count);
  return counts;
}

function total(groups: readonly NamedGroup[]): number {
  return groups.reduce((sum, { count }) => sum + count, 0);
}
