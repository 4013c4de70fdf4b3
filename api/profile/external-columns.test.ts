import { expect, it } from 'vitest';
import { externalColumnsOf, withExternalColumns } from './external-columns.ts';
import type { Profile } from './profile.ts';

const HEAP: Profile = {
  sampleTypes: [
    { type: 'inuse_objects', unit: 'count' },
    { type: 'inuse_space', unit: 'bytes' },
  ],
  frames: [{ function: 'remember', file: '/app/cache.js', line: 1 }],
  samples: [{ stack: [0], values: [1, 100] }],
};

const BUFFERS: Profile = {
  sampleTypes: [
    { type: 'alloc_objects', unit: 'count' },
    { type: 'alloc_space', unit: 'bytes' },
    { type: 'inuse_objects', unit: 'count' },
    { type: 'inuse_space', unit: 'bytes' },
  ],
  frames: [
    { function: 'read', file: '/app/read.js', line: 7 },
    { function: 'main', file: '/app/main.js', line: 2 },
  ],
  samples: [{ stack: [0, 1], values: [9, 900, 2, 200] }],
};

it('buffers stand in a heap profile in columns of their own, in front of those of the heap', () => {
  const { sampleTypes, frames, samples } = withExternalColumns(HEAP, BUFFERS);
  expect(sampleTypes.map(({ type, unit }) => `${type}/${unit}`)).toEqual([
    'external_alloc_objects/count',
    'external_alloc_space/bytes',
    'external_objects/count',
    'external_space/bytes',
    'inuse_objects/count',
    'inuse_space/bytes',
  ]);
  expect(frames.map((frame) => frame.function)).toEqual(['remember', 'read', 'main']);
  expect(samples).toEqual([
    { stack: [0], values: [0, 0, 0, 0, 1, 100] },
    { stack: [1, 2], values: [9, 900, 2, 200, 0, 0] },
  ]);
});

it('are found there again, without the heap', () => {
  const { sampleTypes, samples, frames } = externalColumnsOf(withExternalColumns(HEAP, BUFFERS))!;
  expect(sampleTypes).toEqual(BUFFERS.sampleTypes);
  expect(samples).toEqual([{ stack: [1, 2], values: [9, 900, 2, 200] }]);
  expect(frames[1]).toEqual(BUFFERS.frames[0]);
});

it('are not told by a heap profile of somebody else', () => {
  expect(externalColumnsOf(HEAP)).toBeNull();
});
