import { expect, it } from 'vitest';
import { type CountedStack, diffStacks } from './stacks.ts';

const stack = (name: string, count: number, delayNs: number | null = null): CountedStack => ({
  frames: [{ function: name, file: '/app/main.go', line: 1 }],
  count,
  delayNs,
});

it('tells by delay who waited more and who less, and sums equal stacks', () => {
  const base = [stack('lock', 2, 100), stack('gone', 1, 50), stack('same', 1, 7)];
  const to = [
    stack('lock', 2, 100),
    stack('lock', 1, 900),
    stack('same', 1, 7),
    stack('new', 1, 5),
  ];
  const { grown, shrunk, rowCounts } = diffStacks(base, to);
  expect(grown).toMatchObject([
    { change: 'GREW', frames: [{ function: 'lock' }], countDelta: 1, delayNsDelta: 900 },
    { change: 'NEW', frames: [{ function: 'new' }], base: { count: 0, delayNs: 0 } },
  ]);
  expect(shrunk).toMatchObject([{ change: 'GONE', delayNsDelta: -50 }]);
  expect(rowCounts).toEqual({ NEW: 1, GREW: 1, SHRANK: 0, GONE: 1 });
});

it('compares counts where no time was measured', () => {
  const { grown } = diffStacks([stack('start', 3)], [stack('start', 8)]);
  expect(grown).toMatchObject([{ countDelta: 5, delayNsDelta: null, to: { delayNs: null } }]);
});
