import { expect, test } from 'vitest';
import { descendantsOf } from './descendants.ts';

const part = (name: string, parent: string) => ({ name, parent: { name: parent } });

test('the parts of a target come with theirs below each', () => {
  const list = [
    { name: 'self', parent: null },
    part('grandchild', 'child'),
    part('other', 'self'),
    part('child', 'self'),
  ];
  const found = descendantsOf('self', list).map(({ target, depth }) => [target.name, depth]);
  expect(found).toEqual([
    ['other', 0],
    ['child', 0],
    ['grandchild', 1],
  ]);
  expect(descendantsOf('other', list)).toEqual([]);
});

test('a ring of parents ends', () => {
  const list = [part('a', 'b'), part('b', 'a')];
  expect(descendantsOf('a', list).length).toBeGreaterThan(0);
});
