import { describe, expect, test } from 'vitest';
import { assess, HEALTHY, heapOf, sentencesFor } from '../../testing/assess.ts';
import { aFrame, HEALTHY_POINTS, pointsEvery } from '../../testing/evidence.ts';

describe('a process whose heap fills up', () => {
  const growing = pointsEvery(
    20_000,
    heapOf(Array.from({ length: 16 }, (_, index) => 50 + index * 4)),
  );

  test('keeps more and more memory, most of it from one place', () => {
    const remember = aFrame('remember', '/app/cache.ts', 31);
    const growth = [
      { frames: [remember], grownBytes: 40e6, marginBytes: null },
      { frames: [aFrame('log', '/app/log.ts', 2)], grownBytes: 10e6, marginBytes: null },
    ];
    expect(assess({ points: growing, growth }).findings).toMatchObject([
      {
        kind: 'HEAP_GROWTH',
        severity: 'WARNING',
        sentence: 'Heap grew 44.0 MB in 5 min, ≈ 80 % of it from remember (cache.ts:31).',
        culprit: remember,
        bytes: 44e6,
      },
    ]);
  });

  test('keeps more and more memory of which nobody has read the stacks', () => {
    expect(sentencesFor({ points: growing })).toEqual(['WARNING: Heap grew 44.0 MB in 5 min.']);
  });

  test('does not mistake what is young for what fills the heap up', () => {
    const at = (...levels: number[]) => [
      ...HEALTHY_POINTS.slice(0, -2),
      ...pointsEvery(
        10_000,
        levels.map((oldSpaceUsed) => ({ alloc: 3.9e9, oldSpaceUsed })),
      ),
    ];
    expect(sentencesFor({ points: at(2e9, 2e9) })).toEqual(HEALTHY);
    // What is old and garbage is collected before it is too late.
    expect(sentencesFor({ points: at(2e9, 3.7e9) })).toEqual(HEALTHY);
    expect(sentencesFor({ points: at(3.8e9, 3.7e9) })).toEqual([
      'CRITICAL: Heap at 93 % of its limit of 4.00 GB.',
    ]);
  });
});
