/** What grew since a mark. Pure. */
import type { AllocationsQuery, TasksQuery } from '../../generated/graphql.ts';
import { joinTables } from '../memory/allocation-rows.ts';
import type { Frame } from '../shared/frames.ts';
import { taskRows } from '../tasks/task-rows.ts';

export interface MemoryGrowth {
  id: string;
  place: Frame;
  frames: readonly Frame[];
  grownBytes: number;
  liveBytes: number;
  /** True where the mark's tables did not show the stack: it grew by `grownBytes` at most. */
  isNew: boolean;
}

/** Stacks that hold more than at the mark, most growth first. */
export function memoryGrowth(
  mark: AllocationsQuery['pprof'],
  now: AllocationsQuery['pprof'],
): MemoryGrowth[] {
  return joinTables(now, mark)
    .map((row) => ({
      id: row.id,
      place: row.place,
      frames: row.frames,
      liveBytes: row.liveBytes,
      grownBytes: row.grownBytes ?? row.liveBytes,
      isNew: row.grownBytes === null,
    }))
    .filter((row) => row.grownBytes > 0)
    .sort((a, b) => b.grownBytes - a.grownBytes || (a.id < b.id ? -1 : 1));
}

export interface TaskGrowth {
  id: string;
  topFunc: string;
  topFrame: Frame | null;
  frames: readonly Frame[];
  route: string | null;
  grown: number;
  count: number;
}

/** Groups with more tasks than at the mark, most growth first. */
export function taskGrowth(
  mark: TasksQuery['goroutines'],
  now: TasksQuery['goroutines'],
): TaskGrowth[] {
  return taskRows(now.groups, mark)
    .filter((row) => row.grown > 0)
    .map((row) => ({
      id: row.id,
      topFunc: row.topFunc,
      topFrame: row.topFrame,
      frames: row.frames,
      route: row.routes[0]?.route ?? null,
      grown: row.grown,
      count: row.count,
    }))
    .sort((a, b) => b.grown - a.grown || (a.id < b.id ? -1 : 1));
}
