/** Which groups of async tasks have more members than before, and which fewer. */

import { compareText } from '../frame-order.ts';
import type { TaskGroup } from '../tasks/types.ts';
import { type Change, type ChangeTables, changeOf, changeTables } from './diff.ts';

/** A group with what follows it from answer to answer. */
export type NamedGroup = TaskGroup & { id: string };

export interface TaskDiffRow<Group extends NamedGroup = NamedGroup> {
  id: string;
  change: Change;
  baseCount: number;
  targetCount: number;
  countDelta: number;
  /** As it is at the target; as it was at the base where it is gone. */
  group: Group;
}

export interface TaskDiff<Group extends NamedGroup = NamedGroup>
  extends ChangeTables<TaskDiffRow<Group>> {
  /** All tasks, before cutting. */
  baseCount: number;
  targetCount: number;
}

const DEFAULT_LIMIT = 50;

/**
 * Joins the groups of two moments by their id, and only then cuts to the top `limit`. Order: most
 * growth, then most tasks, then by id. Groups with as many tasks as before are left out.
 */
export function diffTasks<Group extends NamedGroup>(
  base: readonly Group[],
  target: readonly Group[],
  { limit = DEFAULT_LIMIT }: { limit?: number } = {},
): TaskDiff<Group> {
  const baseCounts = countById(base);
  const targetCounts = countById(target);
  // The target's group is the fresher one.
  const groups = new Map([...base, ...target].map((group) => [group.id, group]));
  const rows = [...groups].flatMap(([id, group]): TaskDiffRow<Group>[] => {
    const baseCount = baseCounts.get(id) ?? 0;
    const targetCount = targetCounts.get(id) ?? 0;
    const change = changeOf([baseCount], [targetCount]);
    if (change === null) return [];
    return [{ id, change, baseCount, targetCount, countDelta: targetCount - baseCount, group }];
  });
  return {
    ...changeTables(
      rows,
      limit,
      (a, b) =>
        b.countDelta - a.countDelta || b.targetCount - a.targetCount || compareText(a.id, b.id),
    ),
    baseCount: total(base),
    targetCount: total(target),
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
