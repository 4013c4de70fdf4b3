import { expect, it } from 'vitest';
import type { Held } from './held.ts';
import { likelyObjects } from './likely.ts';
import type { SampledStack } from './types.ts';

const SIZE = 40;
const samples = (count: number): SampledStack => ({
  sizes: new Map([[SIZE, count]]),
  functions: [],
});
const heldBy = (key: string, count: number): Held[] =>
  Array.from({ length: count }, (_, node) => ({
    node,
    size: SIZE,
    steps: [],
    holder: 0,
    key,
    weight: 0,
  }));

/** The list is filled by a function of the second stack; of the cache nobody knows. */
const evidenceOf = ({ key }: Held) => (key === 'list' ? [3, 60] : [3, 3]);
const keysOf = (objects: readonly Held[]) => [...new Set(objects.map(({ key }) => key))];

it('leaves out what another stack has clearly more to do with', () => {
  const objects = [...heldBy('list', 20), ...heldBy('cache', 5)];
  expect(keysOf(likelyObjects(objects, [samples(5), samples(20)], evidenceOf))).toEqual(['cache']);
});

it('keeps it where that stack has far fewer samples than there are objects', () => {
  const objects = [...heldBy('list', 119), ...heldBy('cache', 5)];
  const stacks = [samples(122), samples(2)];
  expect(keysOf(likelyObjects(objects, stacks, evidenceOf))).toEqual(['list', 'cache']);
});

it('keeps all where none would be left', () => {
  const objects = heldBy('list', 20);
  expect(likelyObjects(objects, [samples(5), samples(20)], evidenceOf)).toEqual(objects);
});
