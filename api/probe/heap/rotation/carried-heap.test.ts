import { describe, expect, it } from 'vitest';
import {
  ALLOC_SAMPLES,
  createHeapColumnsBuilder,
  EVIDENCE_PER_NODE,
  type HeapColumns,
  INUSE_DOUBT_BYTES,
  INUSE_SAMPLES,
  mergeHeapColumns,
  NO_PARENT,
} from '../tree/columns.ts';
import { carryHeap, NOTHING_CARRIED } from './carried-heap.ts';

/** `{ f: [4, 400, 1, 100] }`: one sample an object, of which none was taken by chance. */
function columnsOf(stacks: Record<string, number[]>): HeapColumns {
  const builder = createHeapColumnsBuilder();
  for (const [name, values] of Object.entries(stacks)) {
    const file = builder.intern('/app/app.js');
    const node = builder.addNode(NO_PARENT, builder.intern(name), file, 1);
    values.forEach((value, column) => {
      builder.addValue(node, column, value);
    });
    builder.addEvidence(node, ALLOC_SAMPLES, values[0]!);
    builder.addEvidence(node, INUSE_SAMPLES, values[2]!);
  }
  return builder.finish();
}

/** Live bytes of each stack, and by how many they may be off. */
function liveOf({ strings, functionName, values, evidence }: HeapColumns) {
  const rows = Array.from(functionName, (name, node): [string, number[]] => [
    strings[name]!,
    [values[node * 4 + 3]!, evidence[node * EVIDENCE_PER_NODE + INUSE_DOUBT_BYTES]!].map(
      Math.round,
    ),
  ]);
  return Object.fromEntries(rows);
}

describe('a heap carried over a restart of the sampler', () => {
  // 100 bytes were live, in a heap that the sampler saw all of.
  const carried = carryHeap(columnsOf({ f: [4, 400, 1, 100] }), 100);

  it.each([
    { what: 'all of it still fills the heap', heapUsedBytes: 110, surviving: 100 },
    { what: 'half of it is gone', heapUsedBytes: 60, surviving: 50 },
    { what: 'the heap is smaller than what is new', heapUsedBytes: 5, surviving: 0 },
    { what: 'the heap has grown unseen', heapUsedBytes: 9_999, surviving: 100 },
  ])('has $surviving live bytes when $what', ({ heapUsedBytes, surviving }) => {
    const { values } = carried.addTo(columnsOf({ f: [1, 10, 1, 10] }), heapUsedBytes);
    const expected = [5, 410, 1 + surviving / 100, 10 + surviving];
    expect([...values]).toEqual(expected.map((value) => expect.closeTo(value, 6)));
  });

  it('keeps cumulative values of stacks that do not appear again', () => {
    const { strings, values } = carried.addTo(columnsOf({ g: [1, 10, 0, 0] }), 0);
    expect(strings).toContain('f');
    expect([...values]).toEqual([4, 400, 0, 0, 1, 10, 0, 0]);
  });

  it('adds nothing before the first restart', () => {
    const columns = columnsOf({ f: [1, 2, 3, 4] });
    expect(NOTHING_CARRIED.addTo(columns, 1_000)).toBe(columns);
  });

  it('says how far it may be off where nobody knows whose objects died', () => {
    const two = carryHeap(columnsOf({ freed: [1, 310, 1, 310], kept: [1, 107, 1, 107] }), 417);
    const nothing = columnsOf({});
    expect(liveOf(two.addTo(nothing, 417))).toEqual({ freed: [310, 0], kept: [107, 0] });
    // What is left may be all of either, or nothing of `freed`.
    expect(liveOf(two.addTo(nothing, 107))).toEqual({ freed: [80, 80], kept: [27, 80] });
    // At least 203 of `freed` are left: `kept` cannot have been more.
    expect(liveOf(two.addTo(nothing, 310))).toEqual({ freed: [230, 80], kept: [80, 80] });
    expect(liveOf(two.addTo(nothing, 0))).toEqual({ freed: [0, 0], kept: [0, 0] });
  });

  it('takes the loss first from stacks whose objects died before', () => {
    const cache = [100, 3_000, 10, 300];
    const two = carryHeap(columnsOf({ cache, kept: [3, 100, 3, 100] }), 400);
    const { cache: left, kept } = liveOf(two.addTo(columnsOf({}), 100));
    expect(left![0]).toBeLessThan(10);
    expect(kept![0]).toBeGreaterThan(90);
    expect(left![1]).toBeGreaterThan(90);
  });

  it('stays as uncertain as it was over a second restart', () => {
    const two = carryHeap(columnsOf({ freed: [1, 310, 1, 310], kept: [1, 107, 1, 107] }), 417);
    const again = carryHeap(two.addTo(columnsOf({}), 107), 107);
    expect(liveOf(again.addTo(columnsOf({}), 107))).toEqual({ freed: [80, 80], kept: [27, 80] });
  });

  it('takes what nobody saw dying for no sign that a stack lets go of things', () => {
    const before = columnsOf({ freed: [31, 310, 31, 310], kept: [10, 100, 10, 100] });
    const once = carryHeap(before, 410).addTo(columnsOf({}), 100);
    const anew = mergeHeapColumns([once, columnsOf({ freed: [31, 310, 31, 310] })]);
    const { freed, kept } = liveOf(carryHeap(anew, 410).addTo(columnsOf({}), 100));
    expect(freed![0]! + kept![0]!).toBe(100);
    // As much as its part of what lived, by the estimate: of 24 and 386.
    expect(kept![0]).toBe(6);
    expect(kept![0]! + kept![1]!).toBeGreaterThanOrEqual(100);
  });

  it('may be all there or all gone where what the sampler never saw has shrunk', () => {
    const live = { kept: [1, 107, 1, 107] };
    // 1,000 bytes are from before the sampler.
    const attached = carryHeap(columnsOf(live), 1_107);
    expect(liveOf(attached.addTo(columnsOf({}), 1_107)).kept![0]).toBe(107);
    expect(liveOf(attached.addTo(columnsOf({}), 107))).toEqual({ kept: [54, 54] });
    // Of both a part may be gone.
    const [left, doubt] = liveOf(attached.addTo(columnsOf({}), 1_050)).kept!;
    expect(left).toBe(50);
    expect(left! + doubt!).toBe(107);
  });
});
