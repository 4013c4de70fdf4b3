import { describe, expect, test } from 'vitest';
import type { PointFragment } from '../../generated/graphql.ts';
import {
  addPoints,
  bandsOf,
  EMPTY_SERIES,
  isResumedIntoAnotherStart,
  lastSequence,
} from './series.ts';
import { aPoint, pointsEvery } from './testing/points.ts';

function received(instanceId: string, ...sequences: number[]): PointFragment[] {
  return sequences.map((sequence) => {
    const { timeMs: _, ...figures } = aPoint({ sequence, instanceId });
    return { ...figures, timestamp: new Date(sequence * 1_000).toISOString() };
  });
}

const sequencesOf = (series: typeof EMPTY_SERIES) => series.points.map((point) => point.sequence);

describe('a series of points', () => {
  test('grows by the points of a resumed subscription, each once', () => {
    const before = addPoints(EMPTY_SERIES, received('A', 1, 2, 3));
    const after = addPoints(before, received('A', 3, 4));
    expect(sequencesOf(after)).toEqual([1, 2, 3, 4]);
    expect(after.lostPoints).toBe(0);
    expect(lastSequence(after)).toBe(4);
  });

  test('counts the points that the server no longer had', () => {
    const before = addPoints(EMPTY_SERIES, received('A', 1, 2));
    expect(addPoints(before, received('A', 6, 7)).lostPoints).toBe(3);
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

describe('resuming with `after`', () => {
  const seen = addPoints(EMPTY_SERIES, received('A', 1, 2, 3));

  test('misses the beginning of a process that has already passed that number', () => {
    expect(isResumedIntoAnotherStart(seen, 3, received('B', 4, 5))).toBe(true);
  });

  test('is complete with the same process, and with one that sends its whole window', () => {
    expect(isResumedIntoAnotherStart(seen, 3, received('A', 4))).toBe(false);
    expect(isResumedIntoAnotherStart(seen, 3, received('B', 1, 2))).toBe(false);
    expect(isResumedIntoAnotherStart(seen, null, received('B', 4))).toBe(false);
  });
});

describe('marked stretches', () => {
  test('reach from the last answer to the last silent point, neighbours joined', () => {
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
