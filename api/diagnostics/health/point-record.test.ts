import { expect, it } from 'vitest';
import { MS_PER_SECOND } from '../../base/numbers/units.ts';
import type { HistoryPoint } from '../history/point.ts';
import { createPointRecord } from './point-record.ts';

const aPoint = (second: number, instanceId = 'a') =>
  ({ timestampMs: second * MS_PER_SECOND, instanceId, alloc: second }) as HistoryPoint;

/** As a collector gives them whose history is short. */
function notedOneByOne(points: readonly HistoryPoint[], historySize = 3) {
  const record = createPointRecord();
  let noted: ReturnType<typeof record.note> = [];
  points.forEach((_point, index) => {
    noted = record.note(points.slice(Math.max(0, index + 1 - historySize), index + 1));
  });
  return noted.map(({ timestampMs }) => timestampMs / MS_PER_SECOND);
}

const secondsUpTo = (last: number, step = 1) =>
  Array.from({ length: Math.floor(last / step) + 1 }, (_, index) => aPoint(index * step));

it('keeps every point of the last minute, though the history is shorter', () => {
  const seconds = notedOneByOne(secondsUpTo(40));
  expect(seconds).toHaveLength(41);
});

it('keeps points of the time before at a distance, and none from long ago', () => {
  const seconds = notedOneByOne(secondsUpTo(1_000));
  expect(seconds.slice(-61)).toEqual(Array.from({ length: 61 }, (_, index) => 940 + index));
  expect(seconds[0]).toBe(640);
  expect(seconds).toHaveLength(61 + 150);
});

it('stays small at the shortest interval', () => {
  expect(notedOneByOne(secondsUpTo(600, 0.01)).length).toBeLessThan(1_500);
});

it('begins anew with a new start of the process', () => {
  expect(notedOneByOne([...secondsUpTo(20), aPoint(21, 'b')])).toEqual([21]);
});

it('takes no point twice', () => {
  const record = createPointRecord();
  record.note(secondsUpTo(5));
  expect(record.note(secondsUpTo(5))).toHaveLength(6);
});
