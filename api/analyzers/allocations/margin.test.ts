import { describe, expect, it } from 'vitest';
import type { Evidence, HeapEvidence } from '../../profile/profile.ts';
import { deltaMarginBytes, marginBytes, NO_EVIDENCE } from './margin.ts';

const INTERVAL_BYTES = 512_000;

/** Samples of objects so small that each stands for the sampling interval. */
const small = (samples: number): Evidence => ({
  samples,
  variance: samples * INTERVAL_BYTES ** 2,
  doubtBytes: 0,
});
const bytesOf = ({ samples }: Evidence) => samples * INTERVAL_BYTES;

describe('the margin of an estimate', () => {
  // The exact limits for a count of 1, 10, 100 and 1000 are 5.6, 18.4, 121.6 and 1063.9.
  it.each([
    [1, 4.7],
    [10, 8.4],
    [100, 21.6],
    [1_000, 63.9],
  ])('of %i samples is %f samples', (samples, expected) => {
    const evidence = small(samples);
    expect(marginBytes(bytesOf(evidence), evidence) / INTERVAL_BYTES).toBeCloseTo(expected, 1);
  });

  it('is nothing where every object was sampled', () => {
    expect(marginBytes(1e9, { samples: 5, variance: 0, doubtBytes: 0 })).toBe(0);
    expect(marginBytes(0, NO_EVIDENCE)).toBe(0);
  });

  it('adds what nobody saw', () => {
    expect(marginBytes(100, { samples: 5, variance: 0, doubtBytes: 30 })).toBe(30);
  });

  it('is no more than what may be left, and its chance, where hardly anything is thought to be', () => {
    const before = small(10);
    const most = { ...before, doubtBytes: bytesOf(before) };
    const margin = marginBytes(bytesOf(before), before) + bytesOf(before);
    for (const bytes of [1, 1e-9, 1e-306, 0]) expect(marginBytes(bytes, most)).toBe(margin);
  });

  it('holds in 95 of 100 cases', () => {
    const random = seeded(7);
    for (const expected of [1, 3, 10, 50]) {
      let held = 0;
      let shown = 0;
      for (let round = 0; round < 4_000; round++) {
        const evidence = small(poisson(expected, random));
        if (evidence.samples === 0) continue;
        shown += 1;
        const offBytes = Math.abs(bytesOf(evidence) - expected * INTERVAL_BYTES);
        if (offBytes <= marginBytes(bytesOf(evidence), evidence)) held += 1;
      }
      expect(held / shown, `${expected} samples`).toBeGreaterThan(0.95);
    }
  });
});

describe('the margin of a difference', () => {
  const side = (live: Evidence, cumulative = NO_EVIDENCE) => {
    const evidence: HeapEvidence = { live, cumulative };
    return { liveBytes: bytesOf(live), evidence };
  };

  it('is that of what came, where all of the base is still there', () => {
    const base = side(small(1_000), small(5_000));
    const grown = deltaMarginBytes(base, side(small(1_100), small(5_100)), true);
    expect(grown).toBeCloseTo(marginBytes(bytesOf(small(100)), small(100)), 0);
    expect(deltaMarginBytes(base, base, true)).toBe(0);
  });

  it('is that of both sides, where nobody knows what is still there', () => {
    const margin = deltaMarginBytes(side(small(50)), side(small(50)), false);
    expect(margin).toBeCloseTo(marginBytes(bytesOf(small(100)), small(100)), 0);
  });

  it('is no more than what was there where hardly anything is thought to be left', () => {
    const base = side(small(10));
    const live = { ...small(10), doubtBytes: bytesOf(small(10)) };
    const target = { liveBytes: 1e-306, evidence: { live, cumulative: NO_EVIDENCE } };
    const margin = deltaMarginBytes(base, target, false);
    expect(margin).toBeCloseTo(marginBytes(bytesOf(small(20)), small(20)) + live.doubtBytes, 0);
  });

  it('is never more than that of both sides', () => {
    const turnedOver = side(small(50), small(9_000));
    const margin = deltaMarginBytes(side(small(50), small(50)), turnedOver, true);
    expect(margin).toBeCloseTo(marginBytes(bytesOf(small(100)), small(100)), 0);
  });
});

function poisson(mean: number, random: () => number): number {
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = random(); product > limit; product *= random()) count += 1;
  return count;
}

/** Park and Miller's generator, so that the test sees the same numbers every time. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
