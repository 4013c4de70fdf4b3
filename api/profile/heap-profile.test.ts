import { expect, it } from 'vitest';
import { heapProfileOrThrow } from './heap-profile.ts';

it('takes no value type for a live one because every object has it', () => {
  const sampleTypes = ['inuse_space', 'inuse_objects', 'constructor'].map((type) => ({
    type,
    unit: 'count',
  }));
  const profile = heapProfileOrThrow({ sampleTypes, samples: [], frames: [] } as never);
  expect(profile.sampleTypes.map(({ type }) => type)).toEqual(sampleTypes.map(({ type }) => type));
});
