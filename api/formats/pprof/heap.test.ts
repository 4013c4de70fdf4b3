import { expect, it } from 'vitest';
import type { HeapProfileSnapshot } from '../../diagnostics/heap/types.ts';
import { foldedProfile } from '../testing/folded-profile.ts';
import { heapPprof } from './heap.ts';

const heap: HeapProfileSnapshot = {
  collectedAtMs: 5_000,
  pauseMs: 3,
  samplingIntervalBytes: 1_024,
  rotations: 0,
  profile: foldedProfile([['main', 1, 1, 1, 1]]),
  cumulativeUnavailable: null,
};

it('shows first what Go shows first', () => {
  expect(heapPprof(heap, 'heap').defaultSampleType).toBeUndefined();
  expect(heapPprof(heap, 'allocs').defaultSampleType).toBe('alloc_space');
});

it('says when the heap was read, and how finely', () => {
  expect(heapPprof(heap, 'heap')).toMatchObject({
    startedAtMs: 5_000,
    periodType: { type: 'space', unit: 'bytes' },
    period: 1_024,
  });
});

it('says what the figures cannot tell', () => {
  expect(heapPprof(heap, 'heap').comments).toEqual([expect.stringContaining('begin')]);
  const coarse = { ...heap, rotations: 2, cumulativeUnavailable: 'this Node is old' };
  expect(heapPprof(coarse, 'heap').comments).toEqual([
    expect.stringContaining('begin'),
    expect.stringContaining('this Node is old'),
    expect.stringContaining('restarted'),
  ]);
});
