import { expect, it } from 'vitest';
import type { Profile } from '../../profile/profile.ts';
import { cpuProfileOf } from './profile.ts';

const profile: Profile = {
  sampleTypes: [
    { type: 'samples', unit: 'count' },
    { type: 'cpu', unit: 'nanoseconds' },
  ],
  frames: [{ function: 'work', file: '/app/work.js', line: 1 }],
  samples: [{ stack: [0], values: [2, 20e6] }],
};

it('does not know when a profile began, or how often it sampled, where the profile does not tell', () => {
  const untold = cpuProfileOf('a', { profile, via: 'HTTP' });
  expect(untold).toMatchObject({ startedAtMs: null, samplingIntervalUs: null });
  expect(untold.observation.measuredAtMs).toBeGreaterThan(Date.now() - 60_000);
});

it('tells both where it does', () => {
  const told = { ...profile, startedAtMs: 1_000, durationMs: 500, period: 10e6 };
  expect(cpuProfileOf('a', { profile: told, via: 'HTTP' })).toMatchObject({
    startedAtMs: 1_000,
    samplingIntervalUs: 10_000,
    observation: { measuredAtMs: 1_500 },
  });
});
