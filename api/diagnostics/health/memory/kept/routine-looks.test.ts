import { expect, it } from 'vitest';
import { MS_PER_MINUTE, MS_PER_SECOND } from '../../../../base/numbers/units.ts';
import { pointsEvery } from '../../../../health/testing/evidence.ts';
import { createRoutineLooks } from './routine-looks.ts';

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
  const seconds = Array.from({ length: minutes * 60 }, (_, at) => at * MS_PER_SECOND);
  return seconds.flatMap((atMs) => {
    const look = looks.due(points, startMs + atMs, isStaying(atMs));
    return look === null ? [] : [{ atMs, look }];
  });
}

it('looks a few times after the start, and again every ten minutes', () => {
  const looks = looksOf({ minutes: 14 });
  const windows = looks
    .filter(({ look }) => look === 'WINDOW')
    .map(({ atMs }) => atMs / MS_PER_SECOND);
  expect(windows).toEqual([15, 20, 25, 30, 615, 620, 625, 630]);
  const reads = looks.filter(({ look, atMs }) => look === 'READ' && atMs < 10 * MS_PER_MINUTE);
  expect(reads.map(({ atMs }) => atMs / MS_PER_SECOND)).toEqual([40, 50, 60, 75, 90]);
});

it('goes on for as long as something stays', () => {
  const isStaying = (atMs: number) => atMs > 2 * MS_PER_MINUTE && atMs < 4 * MS_PER_MINUTE;
  const meanwhile = looksOf({ minutes: 9, isStaying }).filter(
    ({ atMs }) => atMs > 2 * MS_PER_MINUTE,
  );
  expect(meanwhile).toHaveLength(8);
  expect(meanwhile.at(-1)!.atMs).toBeLessThan(4 * MS_PER_MINUTE);
});

it('leaves a program alone that does nothing', () => {
  expect(looksOf({ minutes: 20, busyShare: 0.0005 })).toEqual([]);
});
