import { describe, expect, it } from 'vitest';
import { coreShareNow, pressureOf } from './core-share.ts';
import { countObjects, sampledObjectsOf } from './object-count.ts';
import { createSnapshotCostEstimator } from './snapshot-cost.ts';

const MB = 1e6;

/** A stack for each number of live objects of one size. */
function heapOf(...parts: { objects: number; sizeBytes: number }[]) {
  return sampledObjectsOf({
    sampleTypes: [
      { type: 'inuse_objects', unit: 'count' },
      { type: 'inuse_space', unit: 'bytes' },
    ],
    frames: [],
    samples: parts.map(({ objects, sizeBytes }) => ({
      stack: [],
      values: [objects, objects * sizeBytes],
      evidence: {
        live: { samples: (objects * sizeBytes) / 524_288, variance: 0, doubtBytes: 0 },
        cumulative: { samples: 0, variance: 0, doubtBytes: 0 },
      },
    })),
  });
}

describe('the number of objects', () => {
  const size = { usedBytes: 205 * MB, oldSpaceUsedBytes: 205 * MB };

  it.each([
    ['small ones that were made together', heapOf({ objects: 2e6, sizeBytes: 100 }), 4.9e6],
    ['small ones', heapOf({ objects: 4e6, sizeBytes: 50 }), 4.8e6],
    ['texts of a page each', heapOf({ objects: 50_000, sizeBytes: 4_000 }), 146_000],
    [
      'as many bytes of both',
      heapOf({ objects: 2e6, sizeBytes: 50 }, { objects: 25_000, sizeBytes: 4_000 }),
      2.5e6,
    ],
    ['what nobody has sampled', null, 4.3e6],
  ])('is that of %s', (_what, sampled, objects) => {
    expect(countObjects({ ...size, sampled }) / objects).toBeCloseTo(1, 0);
  });

  it('trusts a few samples little', () => {
    const few = countObjects({ ...size, sampled: heapOf({ objects: 200, sizeBytes: 4_000 }) });
    const many = countObjects({ ...size, sampled: heapOf({ objects: 50_000, sizeBytes: 4_000 }) });
    expect(few).toBeGreaterThan(10 * many);
  });

  it('takes half of the young generation for garbage', () => {
    const young = countObjects({ usedBytes: 105 * MB, oldSpaceUsedBytes: 55 * MB, sampled: null });
    const old = countObjects({ usedBytes: 80 * MB, oldSpaceUsedBytes: 80 * MB, sampled: null });
    expect(young).toBe(old);
  });
});

describe('the cost of a snapshot', () => {
  const size = { usedBytes: 100 * MB, oldSpaceUsedBytes: 100 * MB, sampled: null };
  const on = (slowness: number, coreShare = 1) =>
    createSnapshotCostEstimator(async () => ({ slowness, coreShare }), '26.0.0');

  it('grows with the objects, and where the machine is slow or crowded', async () => {
    const { pauseMs } = await on(1).estimate(size);
    const half = { usedBytes: 50 * MB, oldSpaceUsedBytes: 50 * MB, sampled: null };
    expect(pauseMs).toBeGreaterThan(1.9 * (await on(1).estimate(half)).pauseMs);
    expect((await on(2).estimate(size)).pauseMs / pauseMs).toBeCloseTo(2, 2);
    expect((await on(1, 0.25).estimate(size)).pauseMs / pauseMs).toBeCloseTo(4, 2);
  });

  it('learns from the work of the last one, however long that waited for a core', async () => {
    const estimator = on(1, 0.5);
    estimator.learn(await estimator.estimate(size), 5_000);
    expect((await estimator.estimate(size)).pauseMs).toBe(10_000);
  });

  it('looks at the machine once a minute, so that what was agreed to stays agreed to', async () => {
    let looks = 0;
    const estimator = createSnapshotCostEstimator(async () => {
      looks += 1;
      return { slowness: looks, coreShare: 1 };
    });
    expect(await estimator.estimate(size)).toEqual(await estimator.estimate(size));
    expect(looks).toBe(1);
  });
});

describe('the share of a core', () => {
  it('is measured by work, in pieces between which the loop turns', async () => {
    let turns = 0;
    const turning = setInterval(() => {
      turns += 1;
    }, 1);
    const share = await coreShareNow(() => Math.sqrt(2));
    clearInterval(turning);
    expect(share).toBeGreaterThan(0);
    expect(share).toBeLessThanOrEqual(1);
    expect(turns).toBeGreaterThan(3);
  });

  it.each([
    ['some avg10=40.18 avg60=42.68 avg300=39.05 total=25985175897\nfull avg10=0.00', 0.4018],
    ['', null],
  ])('takes from the kernel how many waited: %j', (text, pressure) => {
    expect(pressureOf(text)).toBe(pressure);
  });
});
