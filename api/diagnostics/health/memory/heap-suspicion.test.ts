import { expect, it } from 'vitest';
import { pointsEvery } from '../../../health/testing/evidence.ts';
import { risenSince } from './heap-suspicion.ts';

const levels = (megabytes: readonly number[]) =>
  pointsEvery(
    10_000,
    megabytes.map((each) => ({ oldSpaceUsed: each * 1e6 })),
  );

it.each([
  ['rises steeply, by two points after the start', [9, 12, 20], true],
  ['rises slowly, by more points', [9, 12, 12.6, 13.2, 13.9, 14.6, 15.2], true],
  ['fills as requests begin to come, and then stays', [9, 12, 13, 14.5, 14.6, 14.7, 14.7], false],
  ['rises again after that', [9, 12, 14, 14.1, 14.1, 14.8, 15.5, 16.2, 16.9], true],
  ['rises while modules are loaded, and then no more', [3, 12, 12.1, 12.1], false],
  ['rises and falls', [9, 20, 30, 20, 30, 20, 30], false],
  ['stays', [9, 12, 12, 12, 12], false],
])('a heap is looked at that %s: %j', (_, megabytes, isSuspected) => {
  expect(risenSince(levels(megabytes))).toBe(isSuspected ? 'HEAP' : null);
});

it('needs more after a suspicion that came to nothing, and forgets what was before', () => {
  const points = levels([9, 12, 14, 16, 18]);
  expect(risenSince(points)).toBe('HEAP');
  expect(risenSince(points, { factor: 8 })).toBeNull();
  expect(risenSince(points, { sinceMs: points.at(-1)!.timestampMs })).toBeNull();
});

it('also looks where tasks grow in number, which may be promises that somebody keeps', () => {
  const points = pointsEvery(
    10_000,
    [20, 20, 20, 250, 480, 700].map((goroutines) => ({ goroutines, oldSpaceUsed: 9e6 })),
  );
  expect(risenSince(points)).toBe('TASKS');
});
