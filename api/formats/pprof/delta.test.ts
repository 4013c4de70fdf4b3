import { describe, expect, it } from 'vitest';
import { type FoldedStack, foldedProfile, foldedStacks } from '../testing/folded-profile.ts';
import { profileDelta } from './delta.ts';

const BYTES = [{ type: 'inuse_space', unit: 'bytes' }];

const deltaOf = (base: FoldedStack[], target: FoldedStack[]) =>
  foldedStacks(profileDelta(foldedProfile(base, BYTES), foldedProfile(target, BYTES)));

describe('the difference of two profiles', () => {
  it.each<[string, FoldedStack[], FoldedStack[], FoldedStack[]]>([
    ['has what grew', [['a;b', 3]], [['a;b', 5]], [['a;b', 2]]],
    ['has what is new', [], [['a;c', 2]], [['a;c', 2]]],
    ['has what went, below zero', [['a;d', 1]], [], [['a;d', -1]]],
    ['leaves out what stayed', [['a;b', 3]], [['a;b', 3]], []],
    [
      'tells recursion apart',
      [['a;a', 1]],
      [['a', 1]],
      [
        ['a', 1],
        ['a;a', -1],
      ],
    ],
    [
      'adds up samples of one stack',
      [
        ['a', 1],
        ['a', 2],
      ],
      [['a', 9]],
      [['a', 6]],
    ],
    ['is empty for two empty ones', [], [], []],
  ])('%s', (_what, base, target, delta) => {
    expect(deltaOf(base, target)).toEqual(delta);
  });

  it('finds one place in two profiles that number their frames differently', () => {
    expect(
      deltaOf(
        [
          ['x;y', 1],
          ['a;b', 3],
        ],
        [
          ['a;b', 5],
          ['x;y', 1],
        ],
      ),
    ).toEqual([['a;b', 2]]);
  });

  it('covers the time between both', () => {
    const base = { ...foldedProfile([], BYTES), startedAtMs: 1_000 };
    const target = { ...foldedProfile([], BYTES), startedAtMs: 6_500, defaultSampleType: 'x' };
    expect(profileDelta(base, target)).toMatchObject({
      startedAtMs: 6_500,
      durationMs: 5_500,
      defaultSampleType: 'x',
    });
  });
});
