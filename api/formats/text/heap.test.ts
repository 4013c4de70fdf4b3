import { expect, it } from 'vitest';
import type { HeapProfileSnapshot } from '../../diagnostics/heap/types.ts';
import { readGoMemStats } from '../../profile/decode/legacy-heap-text.ts';
import { fakeDiagnostics } from '../../server/testing/fake-diagnostics.ts';
import { type FoldedStack, foldedProfile, HEAP_TYPES } from '../testing/folded-profile.ts';
import { numberAddresses } from '../testing/numbered-addresses.ts';
import { heapText } from './heap.ts';

const heapOf = (stacks: FoldedStack[], types = HEAP_TYPES): HeapProfileSnapshot => ({
  collectedAtMs: 0,
  pauseMs: 0,
  samplingIntervalBytes: 1_024,
  rotations: 0,
  profile: foldedProfile(stacks, types),
  cumulativeUnavailable: null,
});

const pprof = { ...(await fakeDiagnostics().pprof()), heapObjects: 12 };

it('is the text Go prints, most live bytes first', () => {
  const heap = heapOf([
    ['main', 1, 100, 1, 10],
    ['main;leak', 4, 400, 2, 200],
  ]);
  expect(numberAddresses(heapText(heap, pprof)).split('\n').slice(0, 7)).toEqual([
    'heap profile: 3: 210 [5: 500] @ heapprofile',
    '2: 200 [4: 400] @ 0x10 0x20',
    '#\t0x10\tleak+0x0\t/app/leak.js:7',
    '#\t0x20\tmain+0x0\t/app/main.js:7',
    '',
    '1: 10 [1: 100] @ 0x20',
    '#\t0x20\tmain+0x0\t/app/main.js:7',
  ]);
});

it('ends with statistics that tools for Go read', () => {
  expect(readGoMemStats(heapText(heapOf([]), pprof))).toMatchObject({
    alloc: 5e9,
    totalAlloc: 7e9,
    sys: 9e9,
    heapInuse: 6e9,
    heapObjects: 12,
    numGc: 3,
  });
});

it('leaves out what is not known, and says why', () => {
  const live = heapOf([['main', 1, 10]], HEAP_TYPES.slice(2));
  const text = heapText(
    { ...live, cumulativeUnavailable: 'this Node is old' },
    { ...pprof, heapObjects: null },
  );
  expect(text).toContain('heap profile: 1: 10 [0: 0] @');
  expect(text).not.toContain('HeapObjects');
  expect(text).toContain('# alloc: this Node is old');
});
