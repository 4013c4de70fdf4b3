import { expect, it } from 'vitest';
import { pointsEvery } from '../../../../health/testing/evidence.ts';
import { createRoutineLooks } from './routine-looks.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;

/** What is due at each of these seconds after the start. */
function looksOf({
  minutes,
  busyShare = 0.05,
  isStaying = () => false,
}: {
  minutes: number;
  busyShare?: number;
  isStaying?: (atMs: number) => boolean;
}): { atMs: number; look: string }[] {
  const looks = createRoutineLooks();
  const points = pointsEvery(10_000, Array(3).fill({ eventLoopUtilization: busyShare }));
  const startMs = Date.parse('2026-01-31T12:00:00Z');
  const seconds = Array.from({ length: minutes * 60 }, (_, at) => at * SECOND_MS);
  return seconds.flatMap((atMs) => {
    const look = looks.due(points, startMs + atMs, isStaying(atMs));
    return look === null ? [] : [{ atMs, look }];
  });
}

it('looks a few times after the start, and again every ten minutes', () => {
  const looks = looksOf({ minutes: 14 });
  const windows = looks.filter(({ look }) => look === 'WINDOW').map(({ atMs }) => atMs / SECOND_MS);
  expect(windows).toEqual([15, 20, 25, 30, 615, 620, 625, 630]);
  const reads = looks.filter(({ look, atMs }) => look === 'READ' && atMs < 10 * MINUTE_MS);
  expect(reads.map(({ atMs }) => atMs / SECOND_MS)).toEqual([40, 50, 60, 75, 90]);
});

it('goes on for as long as something stays', () => {
  const isStaying = (atMs: number) => atMs > 2 * MINUTE_MS && atMs < 4 * MINUTE_MS;
  const meanwhile = looksOf({ minutes: 9, isStaying }).filter(({ atMs }) => atMs > 2 * MINUTE_MS);
  expect(meanwhile).toHaveLength(8);
  expect(meanwhile.at(-1)!.atMs).toBeLessThan(4 * MINUTE_MS);
});

it('leaves a program alone that does nothing', () => {
  expect(looksOf({ minutes: 20, busyShare: 0.0005 })).toEqual([]);
});
