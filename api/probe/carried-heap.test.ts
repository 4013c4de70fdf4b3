import { describe, expect, it } from 'vitest';
import { carryHeap, NOTHING_CARRIED } from './carried-heap.ts';
import { createHeapColumnsBuilder, type HeapColumns, NO_PARENT } from './heap-columns.ts';

function oneNode(functionName: string, values: number[]): HeapColumns {
  const builder = createHeapColumnsBuilder();
  const name = builder.intern(functionName);
  const node = builder.addNode(NO_PARENT, name, builder.intern('/app/app.js'), 1);
  values.forEach((value, column) => {
    builder.addValue(node, column, value);
  });
  return builder.finish();
}

describe('a heap carried over a restart of the sampler', () => {
  // 100 bytes were live, in a heap of which the sampler never saw 900.
  const carried = carryHeap(oneNode('f', [4, 400, 1, 100]), 1_000);

  it.each([
    { what: 'all of it still fills the heap', heapUsedBytes: 1_010, surviving: 100 },
    { what: 'half of it is gone', heapUsedBytes: 960, surviving: 50 },
    { what: 'the heap is smaller than what was never sampled', heapUsedBytes: 500, surviving: 0 },
    { what: 'the heap has grown unseen', heapUsedBytes: 9_999, surviving: 100 },
  ])('has $surviving live bytes when $what', ({ heapUsedBytes, surviving }) => {
    const { values } = carried.addTo(oneNode('f', [1, 10, 1, 10]), heapUsedBytes);
    expect([...values]).toEqual([5, 410, 1 + surviving / 100, 10 + surviving]);
  });

  it('keeps cumulative values of stacks that do not appear again', () => {
    const { strings, values } = carried.addTo(oneNode('g', [1, 10, 0, 0]), 900);
    expect(strings).toContain('f');
    expect([...values]).toEqual([4, 400, 0, 0, 1, 10, 0, 0]);
  });

  it('adds nothing before the first restart', () => {
    const columns = oneNode('f', [1, 2, 3, 4]);
    expect(NOTHING_CARRIED.addTo(columns, 1_000)).toBe(columns);
  });
});
