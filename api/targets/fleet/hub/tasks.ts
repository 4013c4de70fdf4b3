/** Tasks of many instances, merged by their stack and state. Pure. */
import { joinedRoutes, joinedSpans } from '../../../analyzers/tasks/group-figures.ts';
import { checkLimit } from '../../../diagnostics/answers/limit.ts';
import type { GoroutineSnapshot, IdentifiedGroup } from '../../../diagnostics/tasks.ts';
import type { ServiceTaskGroup } from '../../target.ts';

export interface InstanceTasks {
  name: string;
  tasks: Pick<GoroutineSnapshot, 'groups'>;
}

interface Merged {
  group: IdentifiedGroup;
  counts: Map<string, number>;
}

/**
 * Potentially stuck first, then longest wait, then most tasks. What is said of a group beyond its figures is of the
 * instance whose tasks wait for longest.
 */
export function mergeTasks(answers: readonly InstanceTasks[]): ServiceTaskGroup[] {
  const merged = new Map<string, Merged>();
  for (const { name, tasks } of answers) {
    for (const group of tasks.groups) {
      const id = `${group.stackId} ${group.state}`;
      const before = merged.get(id);
      // One instance may have a stack twice, of tasks of several categories.
      const counts = before?.counts ?? new Map<string, number>();
      counts.set(name, (counts.get(name) ?? 0) + group.count);
      const joined = before === undefined ? group : joinedOf(before.group, group);
      merged.set(id, { group: { ...joined, id }, counts });
    }
  }
  return [...merged.values()]
    .map(({ group, counts }) => ({ ...group, ...byInstance(counts) }))
    .sort(
      (a, b) =>
        b.stuckCount - a.stuckCount ||
        (b.oldestWaitMs ?? 0) - (a.oldestWaitMs ?? 0) ||
        b.count - a.count,
    );
}

function joinedOf(a: IdentifiedGroup, b: IdentifiedGroup): IdentifiedGroup {
  const spans = joinedSpans(a.spans, b.spans);
  const [older, other] = (b.oldestWaitMs ?? -1) > (a.oldestWaitMs ?? -1) ? [b, a] : [a, b];
  return {
    ...older,
    routes: joinedRoutes(a.routes, b.routes),
    ...(spans !== undefined && { spans }),
    count: a.count + b.count,
    sampled: a.sampled + b.sampled,
    stuckCount: a.stuckCount + b.stuckCount,
    stuckReason: older.stuckReason ?? other.stuckReason,
    longWaitingCount: a.longWaitingCount + b.longWaitingCount,
    outlivedRequest: sumOfKnown(a.outlivedRequest, b.outlivedRequest),
  };
}

const sumOfKnown = (a: number | null, b: number | null) =>
  a === null || b === null ? (a ?? b) : a + b;

function byInstance(
  counts: ReadonlyMap<string, number>,
): Pick<ServiceTaskGroup, 'instanceCount' | 'instances'> {
  return {
    instanceCount: counts.size,
    instances({ limit }) {
      checkLimit(limit);
      return [...counts]
        .map(([name, count]) => ({ name, count }))
        .sort((a, b) => b.count - a.count || a.name.localeCompare(b.name))
        .slice(0, limit);
    },
  };
}
