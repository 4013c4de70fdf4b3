import { expect, it } from 'vitest';
import { foldedCpuProfile } from '../testing/folded-cpu-profile.ts';
import { diffFunctions } from './functions.ts';

const rowsOf = (base: string[], to: string[], limit?: number) => {
  const profiles = [foldedCpuProfile(...base), foldedCpuProfile(...to)] as const;
  const { grown, shrunk } = diffFunctions(...profiles, { limit });
  return [...grown, ...shrunk].map(({ frame, change, selfPercentDelta }) => [
    frame.function,
    change,
    selfPercentDelta,
  ]);
};

it('compares shares, so that a longer profile of the same work differs in nothing', () => {
  expect(rowsOf(['main work 3 3'], ['main work 30 30'])).toEqual([]);
  expect(rowsOf([], [])).toEqual([]);
});

it('tells what takes a larger and a smaller share, what is new and what is gone', () => {
  const base = ['main old 2 2', 'main work 2 2'];
  const to = ['main work 1 1', 'main work work 2 2', 'main fresh 1 1'];
  expect(rowsOf(base, to)).toEqual([
    ['fresh', 'NEW', 25],
    ['work', 'GREW', 25],
    ['old', 'GONE', -50],
  ]);
  expect(rowsOf(base, to, 1)).toHaveLength(2);
});

it('takes a function for the same whichever of its lines ran', () => {
  const base = foldedCpuProfile('main work 1 1');
  const to = { ...base, frames: base.frames.map((frame) => ({ ...frame, line: frame.line + 7 })) };
  expect(diffFunctions(base, to)).toMatchObject({ grown: [], shrunk: [] });
});
