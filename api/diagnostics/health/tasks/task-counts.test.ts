import { expect, it } from 'vitest';
import type { IdentifiedGroup } from '../../tasks.ts';
import { createTaskCounts } from './task-counts.ts';

/** Reads of one group, ten seconds apart. */
function growingBy(...counts: readonly number[]) {
  const record = createTaskCounts();
  for (const [index, count] of counts.entries()) {
    record.note([{ id: 'a', count } as IdentifiedGroup], index * 10_000);
  }
  return record.growing()?.map(({ grownBy, lastedMs, risingMs }) => [grownBy, lastedMs, risingMs]);
}

it('says by how much tasks became more, and since when', () => {
  expect(growingBy(10, 20, 30, 40, 50, 60, 70, 80, 90)).toEqual([[60, 80_000, 80_000]]);
});

it('knows that they began to become more later than they were first read', () => {
  expect(growingBy(5, 5, 5, 5, 5, 20, 40, 60, 80)).toEqual([]);
  expect(growingBy(5, 5, 5, 9, 20, 40, 60, 80, 99)).toEqual([[55, 80_000, 50_000]]);
});

it('says nothing of those that became no more, or were read for too short', () => {
  expect(growingBy(5, 9, 5, 9, 5, 9, 5)).toEqual([]);
  expect(growingBy(10, 20, 30)).toBeUndefined();
});
