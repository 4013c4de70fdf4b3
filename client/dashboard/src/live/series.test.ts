import { describe, expect, test } from 'vitest';
import type { PointFragment } from '../../generated/graphql.ts';
import { aPoint, pointsEvery } from '../testing/points.ts';
import { addPoints, bandsOf, EMPTY_SERIES } from './series.ts';

function received(instanceId: string, ...sequences: number[]): PointFragment[] {
  return sequences.map((sequence) => {
    const { timeMs: _, ...figures } = aPoint({ sequence, instanceId });
    return { ...figures, timestamp: new Date(sequence * 1_000).toISOString() };
  });
}

const sequencesOf = (series: typeof EMPTY_SERIES) => series.points.map((point) => point.sequence);

describe('a series of points', () => {
  test('grows by the points of a resumed subscription', () => {
    const before = addPoints(EMPTY_SERIES, received('A', 1, 2, 3));
    const after = addPoints(before, received('A', 4));
    expect(sequencesOf(after)).toEqual([1, 2, 3, 4]);
    expect(after.lostPoints).toBe(0);
  });

  test('counts the points that the server no longer had, but not those before its first', () => {
    const [first, ...others] = received('A', 6, 10, 11);
    const before = addPoints(EMPTY_SERIES, [{ ...first!, droppedBefore: 5 }]);
    const [gap, next] = others;
    expect(before.lostPoints).toBe(0);
    expect(addPoints(before, [{ ...gap!, droppedBefore: 3 }, next!]).lostPoints).toBe(3);
  });

  test('starts anew with another process start, and tells of the restart', () => {
    const before = addPoints(EMPTY_SERIES, received('A', 1, 2, 3));
    const after = addPoints(before, received('B', 1, 2));
    expect(sequencesOf(after)).toEqual([1, 2]);
    expect(after.instanceId).toBe('B');
    expect(after.restart).toEqual({ atMs: 1_000, previousInstanceId: 'A' });
  });

  test('knows no restart at its beginning', () => {
    expect(addPoints(EMPTY_SERIES, received('A', 1)).restart).toBeNull();
  });
});

describe('marked stretches', () => {
  test('reach from the last answer to the last silent point, neighbors joined', () => {
    const points = pointsEvery(10, 50, [
      {},
      { responding: false },
      { responding: false },
      {},
      { responding: false },
      {},
    ]);
    expect(bandsOf(points)).toEqual([
      { fromMs: 0, toMs: 20, kind: 'silent' },
      { fromMs: 30, toMs: 40, kind: 'silent' },
    ]);
  });

  test('tell a profiled interval from a silent one, which matters more', () => {
    const points = pointsEvery(10, 30, [
      {},
      { profiling: true },
      { profiling: true, responding: false },
      {},
    ]);
    expect(bandsOf(points)).toEqual([
      { fromMs: 0, toMs: 10, kind: 'profiled' },
      { fromMs: 10, toMs: 20, kind: 'silent' },
    ]);
  });

  test('are none while nothing special happens', () => {
    expect(bandsOf(pointsEvery(10, 50, [{}, {}]))).toEqual([]);
  });
});
