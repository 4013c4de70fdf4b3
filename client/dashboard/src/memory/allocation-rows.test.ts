import { describe, expect, test } from 'vitest';
import type { AllocationRowFragment } from '../../generated/graphql.ts';
import { aFrame } from '../testing/frames.ts';
import { filterRows, joinTables, sortRows } from './allocation-rows.ts';

const OWN = aFrame('remember', '/app/cache.ts', 31);
const NODE = aFrame('push', '', 0);

function info(id: string, given: Partial<AllocationRowFragment> = {}): AllocationRowFragment {
  return {
    stackId: id,
    function: 'push',
    liveBytes: 10,
    liveCount: 1,
    liveSamples: 1,
    liveMarginBytes: 40,
    cumulativeBytes: 100,
    cumulativeCount: 10,
    cumulativeSamples: 10,
    cumulativeMarginBytes: 80,
    retention: 0.1,
    frames: [NODE, OWN],
    ...given,
  };
}

const tables = (
  inuseAllocations: AllocationRowFragment[] | null,
  topAllocations: AllocationRowFragment[] | null,
) => ({ inuseAllocations, topAllocations });

describe('the joined table', () => {
  test('has one row a stack, from either table', () => {
    const rows = joinTables(tables([info('a'), info('b')], [info('b'), info('c')]), null);
    expect(rows.map((row) => row.id)).toEqual(['a', 'b', 'c']);
  });

  test('names the own code that is responsible and what allocated on its behalf', () => {
    const [row] = joinTables(tables([info('a')], null), null);
    expect(row).toMatchObject({ place: OWN, origin: 'own', allocator: 'push' });
  });

  test('is empty where the runtime gives neither table', () => {
    expect(joinTables(tables(null, null), null)).toEqual([]);
  });

  test('measures growth from the baseline, and says where that is unknown', () => {
    const rows = joinTables(
      tables([info('a', { liveBytes: 70 }), info('new')], null),
      tables([info('a', { liveBytes: 30 })], null),
    );
    expect(rows.map((row) => [row.id, row.grownBytes])).toEqual([
      ['a', 40],
      ['new', null],
    ]);
  });
});

describe('sorting and filtering', () => {
  const rows = joinTables(
    tables(
      [
        info('low', { liveBytes: 5, retention: null }),
        info('z-tie', { liveBytes: 9, cumulativeBytes: 50 }),
        info('a-tie', { liveBytes: 9, cumulativeBytes: 50 }),
        info('more', { liveBytes: 9, cumulativeBytes: 60, frames: [NODE] }),
      ],
      null,
    ),
    null,
  );

  test('puts the largest first and breaks ties the same way every time', () => {
    expect(sortRows(rows, 'live').map((row) => row.id)).toEqual(['more', 'a-tie', 'z-tie', 'low']);
  });

  test('puts rows without the figure last', () => {
    expect(sortRows(rows, 'retention').at(-1)?.id).toBe('low');
  });

  test('finds text anywhere in the stack, and code by its owner', () => {
    expect(filterRows(rows, { text: 'CACHE.ts:31', origin: 'all' })).toHaveLength(3);
    expect(filterRows(rows, { text: '', origin: 'runtime' }).map((row) => row.id)).toEqual([
      'more',
    ]);
    expect(filterRows(rows, { text: 'nowhere', origin: 'all' })).toEqual([]);
  });
});
