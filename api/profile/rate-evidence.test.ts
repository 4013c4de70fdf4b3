import { expect, it } from 'vitest';
import { foldedProfile } from '../formats/testing/folded-profile.ts';
import { RESTARTED_COMMENT } from './heap-profile.ts';
import { withRateEvidence } from './rate-evidence.ts';

const RATE = 512 * 1024;
const rated = (profile: ReturnType<typeof foldedProfile>) => ({
  ...profile,
  periodType: { type: 'space', unit: 'bytes' },
  period: RATE,
});
/** Objects and bytes as Go scales one sample up. */
const scaled = (samples: number, sizeBytes: number): [number, number] => {
  const objects = samples / (1 - Math.exp(-sizeBytes / RATE));
  return [Math.trunc(objects), Math.trunc(objects * sizeBytes)];
};

it('counts the samples back from the rate and the sizes of objects', () => {
  const profile = foldedProfile([
    ['main;small', ...scaled(9, 64), ...scaled(3, 64)],
    ['main;large', ...scaled(4, 1e6), ...scaled(1, 1e6)],
    ['main;huge', 2, 2e8, 0, 0],
  ]);
  const samples = withRateEvidence(rated(profile)).samples.map(({ evidence }) => evidence!);
  expect(samples.map(({ cumulative }) => cumulative.samples)).toEqual([9, 4, 2]);
  expect(samples.map(({ live }) => live.samples)).toEqual([3, 1, 0]);
  expect(samples[0]!.live.variance / RATE ** 2).toBeCloseTo(3, 2);
  expect(samples[2]!.cumulative.variance).toBeLessThan(1);
});

it('takes a loss for as uncertain as a gain', () => {
  const [loss, gain] = [-1, 1].map((sign) => {
    const [objects, bytes] = scaled(5, 1024);
    return withRateEvidence(rated(foldedProfile([['f', 0, 0, sign * objects, sign * bytes]])));
  });
  expect(loss?.samples[0]?.evidence).toEqual(gain?.samples[0]?.evidence);
});

it('knows nothing where the rate is not told, or has changed', () => {
  const profile = foldedProfile([['f', 1, 64, 1, 64]]);
  expect(withRateEvidence(profile).samples[0]?.evidence).toBeUndefined();
  const restarted = { ...rated(profile), comments: [`${RESTARTED_COMMENT} more coarsely (1): …`] };
  expect(withRateEvidence(restarted).samples[0]?.evidence).toBeUndefined();
});
