/** Groups of live tasks as a profile: one sample a group, and for each span in it one of its own, its value the number of tasks. */
import type { TaskGroup } from '../../analyzers/tasks/types.ts';
import type { Category } from '../../base/category-rule.ts';
import { SPAN_LABEL, TRACE_LABEL } from '../../profile/from-readings/cpu.ts';
import type { Profile, Sample } from '../../profile/profile.ts';
import { createFrameInterner } from '../frame-interner.ts';

const TASKS = { type: 'goroutine', unit: 'count' };

/** The categories in the words of the labels and of the original routes. */
export const CATEGORY_NAMES: Readonly<Record<Category, string>> = {
  BACKGROUND: 'background',
  PER_REQUEST: 'per-request',
  UNKNOWN: 'unknown',
};

/** What tells groups with one stack apart, as Go's profiler labels do. */
export function goroutineLabels(group: TaskGroup): Record<string, string> {
  const [busiest] = group.routes;
  return {
    category: CATEGORY_NAMES[group.category],
    ...(busiest === undefined ? {} : { route: busiest.route }),
    state: group.state,
  };
}

/** The largest groups first. A group of several routes is labeled with the busiest. */
export function goroutineProfile(groups: readonly TaskGroup[], takenAtMs: number): Profile {
  const { frames, indexOf } = createFrameInterner();
  const samples = largestFirst(groups).flatMap((group): Sample[] => {
    const stack = group.frames.map(indexOf);
    const labels = goroutineLabels(group);
    const { spans = [] } = group;
    const ofSpans = spans.reduce((sum, { count }) => sum + count, 0);
    const rest = { stack, values: [Math.max(0, group.count - ofSpans)], labels };
    return [
      ...spans.map(({ traceId, spanId, count }) => ({
        stack,
        values: [count],
        labels: { ...labels, [TRACE_LABEL]: traceId, [SPAN_LABEL]: spanId },
      })),
      ...(rest.values[0] === 0 && spans.length > 0 ? [] : [rest]),
    ];
  });
  return {
    sampleTypes: [TASKS],
    frames,
    samples,
    periodType: TASKS,
    period: 1,
    startedAtMs: takenAtMs,
  };
}

/** Groups of one size stay in their order. */
export function largestFirst(groups: readonly TaskGroup[]): TaskGroup[] {
  return [...groups].sort((a, b) => b.count - a.count);
}
