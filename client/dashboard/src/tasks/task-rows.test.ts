import { describe, expect, test } from 'vitest';
import { aGroup, goroutinesOf } from '../testing/groups.ts';
import { filterTasks, sortTasks, statesOf, taskRows } from './task-rows.ts';

const EVERYTHING = { text: '', category: 'all', state: '', isStuckOnly: false } as const;

const rows = taskRows(
  [
    aGroup({ id: 'stuck', count: 2, potentiallyStuck: 2, state: 'await', oldestWaitMs: 90_000 }),
    aGroup({ id: 'many', count: 9, state: 'timer', category: 'BACKGROUND', routes: [] }),
    aGroup({ id: 'unknown wait', count: 1, state: 'IO wait', oldestWaitMs: null }),
  ],
  goroutinesOf([aGroup({ id: 'many', count: 4 })]),
);
const idsOf = (list: readonly { id: string }[]) => list.map((row) => row.id);

describe('rows of task groups', () => {
  test('grow from the first answer; a group that was not there grew from nothing', () => {
    expect(rows.map((row) => row.grown)).toEqual([2, 5, 1]);
  });

  test('are filtered by category, state and suspicion', () => {
    expect(idsOf(filterTasks(rows, { ...EVERYTHING, category: 'BACKGROUND' }))).toEqual(['many']);
    expect(idsOf(filterTasks(rows, { ...EVERYTHING, state: 'await' }))).toEqual(['stuck']);
    expect(idsOf(filterTasks(rows, { ...EVERYTHING, isStuckOnly: true }))).toEqual(['stuck']);
  });

  test('are found by function, file and route', () => {
    expect(filterTasks(rows, { ...EVERYTHING, text: 'LOADUSER' })).toHaveLength(3);
    expect(filterTasks(rows, { ...EVERYTHING, text: 'user.ts:7' })).toHaveLength(3);
    expect(idsOf(filterTasks(rows, { ...EVERYTHING, text: '/users' }))).toEqual([
      'stuck',
      'unknown wait',
    ]);
  });

  test('are found by their trace and their span, which are known whole', () => {
    const [traceId, spanId] = ['ab'.repeat(16), 'cd'.repeat(8)];
    const traced = taskRows(
      [aGroup({ id: 'traced', spans: [{ traceId, spanId, count: 2 }] }), aGroup({ id: 'other' })],
      null,
    );
    for (const text of [traceId, traceId.toUpperCase(), spanId]) {
      expect(idsOf(filterTasks(traced, { ...EVERYTHING, text }))).toEqual(['traced']);
    }
    expect(filterTasks(traced, { ...EVERYTHING, text: 'abab' })).toEqual([]);
  });

  test('keep the order of the server, or put the largest first', () => {
    expect(idsOf(sortTasks(rows, 'stuck'))).toEqual(['stuck', 'many', 'unknown wait']);
    expect(idsOf(sortTasks(rows, 'count'))).toEqual(['many', 'stuck', 'unknown wait']);
    expect(idsOf(sortTasks(rows, 'wait')).at(-1)).toBe('unknown wait');
  });

  test('list each state once', () => {
    expect(statesOf(rows)).toEqual(['IO wait', 'await', 'timer']);
  });
});
