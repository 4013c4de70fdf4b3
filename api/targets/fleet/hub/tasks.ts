/** Tasks of many instances, merged by their stack and state. Pure. */
import { joinedRoutes, joinedSpans, sum } from '../../../analyzers/tasks/group-figures.ts';
import { checkLimit } from '../../../diagnostics/answers/limit.ts';
import type { GoroutineSnapshot, IdentifiedGroup } from '../../../diagnostics/tasks.ts';
import type { ServiceTaskGroup } from '../../target.ts';

export interface InstanceTasks {
  name: string;
  tasks: Pick<GoroutineSnapshot, 'groups'>;
}

interface Merged {
  groups: IdentifiedGroup[];
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
      const same = merged.get(id) ?? { groups: [], counts: new Map<string, number>() };
      merged.set(id, same);
      same.groups.push(group);
      // One instance may have a stack twice, of tasks of several categories.
      same.counts.set(name, (same.counts.get(name) ?? 0) + group.count);
    }
  }
  return [...merged]
    .map(([id, { groups, counts }]) => ({ ...joinedOf(groups), id, ...byInstance(counts) }))
    .sort(
      (a, b) =>
        b.stuckCount - a.stuckCount ||
        (b.oldestWaitMs ?? 0) - (a.oldestWaitMs ?? 0) ||
        b.count - a.count,
    );
}

/** In one go: of hundreds, one after the other would be joined anew each time. */
function joinedOf(groups: readonly IdentifiedGroup[]): IdentifiedGroup {
  const longestFirst = groups.toSorted((a, b) => (b.oldestWaitMs ?? -1) - (a.oldestWaitMs ?? -1));
  const [oldest] = longestFirst;
  const spans = joinedSpans(...groups.map((group) => group.spans));
  return {
    ...oldest!,
    routes: joinedRoutes(...groups.map(({ routes }) => routes)),
    ...(spans !== undefined && { spans }),
    count: sum(groups, ({ count }) => count),
    sampled: sum(groups, ({ sampled }) => sampled),
    stuckCount: sum(groups, ({ stuckCount }) => stuckCount),
    stuckReason: longestFirst.find(({ stuckReason }) => stuckReason !== null)?.stuckReason ?? null,
    longWaitingCount: sum(groups, ({ longWaitingCount }) => longWaitingCount),
    outlivedRequest: groups.map(({ outlivedRequest }) => outlivedRequest).reduce(sumOfKnown),
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
