/** Groups of async tasks as rows: growth added, filtered and sorted. Pure. */
import type { Answered } from '../../../core/query/answered.ts';
import type { TaskGroupFragment, TasksQuery } from '../../generated/graphql.ts';
import { responsibleCaller, stackMatches } from '../frames/frames.ts';
import { tellApart } from '../frames/tell-apart.ts';

export interface TaskRow extends TaskGroupFragment {
  /** Tasks more than in the baseline; a group that was not there counts from 0. */
  grown: number;
  /** The function that tells it from a row that looks the same; null where none does. */
  apart: string | null;
}

/** @param baseline an earlier answer of the same process; null for none */
export function taskRows(
  groups: readonly TaskGroupFragment[],
  baseline: Answered<TasksQuery>['goroutines'] | null,
): TaskRow[] {
  const before = new Map(baseline?.groups.map((group) => [group.id, group.count]));
  const apart = tellApart(groups, lookOf);
  return groups.map((group) => ({
    ...group,
    grown: group.count - (before.get(group.id) ?? 0),
    apart: apart.get(group.id) ?? null,
  }));
}

function lookOf({ topFunc, topFrame, frames, state, category, routes }: TaskGroupFragment): string {
  const place = topFrame === null ? '' : `${topFrame.file}:${topFrame.line}`;
  const caller = responsibleCaller(frames)?.function;
  return [topFunc, place, caller, state, category, routes[0]?.route].join('\n');
}

export const SORTS = ['stuck', 'count', 'wait', 'growth'] as const;
export type TaskSort = (typeof SORTS)[number];

export const CATEGORIES = ['all', 'PER_REQUEST', 'BACKGROUND', 'UNKNOWN'] as const;

export interface TaskFilter {
  /** Must occur in a function, a file, a route or the state, or be a trace or a span; empty for all. */
  text: string;
  category: (typeof CATEGORIES)[number];
  /** Empty for all. */
  state: string;
  isStuckOnly: boolean;
}

export function filterTasks(rows: readonly TaskRow[], filter: TaskFilter): TaskRow[] {
  return rows.filter(
    (row) =>
      (!filter.isStuckOnly || row.potentiallyStuck > 0) &&
      (filter.category === 'all' || row.category === filter.category) &&
      (filter.state === '' || row.state === filter.state) &&
      (filter.text === '' || contains(row, filter.text)),
  );
}

function contains(row: TaskRow, text: string): boolean {
  const needle = text.toLowerCase();
  return (
    stackMatches(row.frames, text) ||
    row.topFunc.toLowerCase().includes(needle) ||
    row.state.toLowerCase().includes(needle) ||
    row.routes.some(({ route }) => route.toLowerCase().includes(needle)) ||
    row.spans.some(({ traceId, spanId }) => traceId === needle || spanId === needle)
  );
}

const SORT_VALUES: Record<Exclude<TaskSort, 'stuck'>, (row: TaskRow) => number> = {
  count: (row) => row.count,
  wait: (row) => row.oldestWaitMs ?? -1,
  growth: (row) => row.grown,
};

/** `stuck` keeps the server's order (stuck first, then wait, then count); others put the largest first. */
export function sortTasks(rows: readonly TaskRow[], sort: TaskSort): readonly TaskRow[] {
  if (sort === 'stuck') return rows;
  const value = SORT_VALUES[sort];
  return rows.toSorted((a, b) => value(b) - value(a));
}

/** The states that occur, each once, in alphabetical order. */
export function statesOf(rows: readonly TaskRow[]): string[] {
  return [...new Set(rows.map((row) => row.state))].sort();
}
