import { expect, test } from 'vitest';
import { aGroup, goroutinesOf } from '../tasks/testing/groups.ts';
import { taskGrowth } from './growth.ts';

test('only groups with more tasks than at the mark are listed, most growth first', () => {
  const mark = goroutinesOf([
    aGroup({ id: 'steady', count: 5 }),
    aGroup({ id: 'growing', count: 1 }),
    aGroup({ id: 'shrinking', count: 5 }),
  ]);
  const now = goroutinesOf([
    aGroup({ id: 'steady', count: 5 }),
    aGroup({ id: 'growing', count: 2 }),
    aGroup({ id: 'shrinking', count: 1 }),
    aGroup({ id: 'new', count: 3 }),
  ]);
  expect(taskGrowth(mark, now).map((row) => [row.id, row.grown])).toEqual([
    ['new', 3],
    ['growing', 1],
  ]);
});
