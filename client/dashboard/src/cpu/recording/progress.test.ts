import { expect, test } from 'vitest';
import { progressAt } from './progress.ts';

const running = {
  id: 'A-1',
  startedAt: '2026-01-31T12:00:00.000Z',
  endsAt: '2026-01-31T12:00:10.000Z',
  progress: 0.5,
};
const TOLD_AT_MS = 1_000;

test.each([
  { case: 'as told at first', laterMs: 0, share: 0.5, remainingMs: 5_000 },
  { case: 'further with the time since', laterMs: 2_000, share: 0.7, remainingMs: 3_000 },
  { case: 'whole at most', laterMs: 60_000, share: 1, remainingMs: 0 },
])('progress is $case', ({ laterMs, share, remainingMs }) => {
  const progress = progressAt(running, TOLD_AT_MS, TOLD_AT_MS + laterMs);
  expect(progress.share).toBeCloseTo(share);
  expect(progress.remainingMs).toBeCloseTo(remainingMs);
});

test('a profile without a length is whole', () => {
  const progress = progressAt({ ...running, endsAt: running.startedAt }, 0, 0);
  expect(progress).toEqual({ share: 1, remainingMs: 0 });
});
