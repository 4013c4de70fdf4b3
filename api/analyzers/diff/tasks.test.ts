import { describe, expect, it } from 'vitest';
import { groupTasks } from '../tasks/groups.ts';
import type { Task } from '../tasks/types.ts';
import { diffTasks, type NamedGroup, type TaskDiffRow } from './tasks.ts';

function tasks(name: string, count: number): Task[] {
  const frames = [{ function: name, file: `/app/${name}.js`, line: 1 }];
  const task = {
    state: 'await',
    waitMs: 5,
    weight: 1,
    frames,
    request: null,
    stackKind: 'WAITS' as const,
    isRefed: null,
  };
  return Array.from({ length: count }, () => task);
}

/** `{ load: 2 }` is one group of two tasks that wait in `load`. */
function groups(counts: Record<string, number>): NamedGroup[] {
  const all = Object.entries(counts).flatMap(([name, count]) => tasks(name, count));
  return groupTasks(all, { nowMs: 0 }).groups.map((group) => ({
    ...group,
    id: group.frames[0]!.function,
  }));
}

const table = (rows: TaskDiffRow[]) => rows.map((row) => [row.id, row.change, row.countDelta]);

describe('a task diff', () => {
  it('of nothing is empty', () => {
    expect(diffTasks([], [])).toEqual({
      grown: [],
      shrunk: [],
      rowCounts: { NEW: 0, GREW: 0, SHRANK: 0, GONE: 0 },
      baseCount: 0,
      toCount: 0,
    });
  });

  it('tells apart what is new, grew, shrank and went, and leaves out what stayed', () => {
    const diff = diffTasks(
      groups({ grows: 1, shrinks: 5, goes: 2, stays: 4 }),
      groups({ grows: 3, shrinks: 1, comes: 3, stays: 4 }),
    );
    expect(table(diff.grown)).toEqual([
      ['comes', 'NEW', 3],
      ['grows', 'GREW', 2],
    ]);
    expect(table(diff.shrunk)).toEqual([
      ['shrinks', 'SHRANK', -4],
      ['goes', 'GONE', -2],
    ]);
    expect(diff).toMatchObject({ baseCount: 12, toCount: 11 });
  });

  it('joins before it cuts, and breaks ties by the number of tasks and then by id', () => {
    const diff = diffTasks(groups({ large: 50 }), groups({ b: 1, a: 1, large: 51 }), { limit: 2 });
    expect(table(diff.grown).map(([id]) => id)).toEqual(['large', 'a']);
    expect(diff.rowCounts).toMatchObject({ NEW: 2, GREW: 1 });
  });

  it('shows a group as it was where it is gone', () => {
    const diff = diffTasks(groups({ goes: 2 }), []);
    expect(diff.shrunk[0]).toMatchObject({ baseCount: 2, toCount: 0, group: { count: 2 } });
  });
});
