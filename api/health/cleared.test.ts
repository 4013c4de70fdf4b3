import { expect, test } from 'vitest';
import { MS_PER_HOUR } from '../base/numbers/units.ts';
import { clearedSince } from './cleared.ts';
import type { Finding, Health } from './finding.ts';

function found(id: string): Finding {
  return {
    id,
    kind: 'SLOW_ROUTE',
    severity: 'NOTICE',
    sinceMs: 5,
    sentence: `GET /${id} takes 4 s.`,
    culprit: null,
    stack: [],
    routes: [],
    count: null,
    bytes: null,
    nextStep: 'Look.',
  };
}

/** Judges one time after the other, and gives what is told as cleared in the end. */
function clearedAfter(...judgments: [atMs: number, ids: string[]][]) {
  let before: Health | null = null;
  for (const [checkedAtMs, ids] of judgments) {
    const findings = ids.map(found);
    const cleared = clearedSince(before, { findings, checkedAtMs });
    before = { status: 'NOTICE', sentence: '', checkedAtMs, findings, tooEarly: [], cleared };
  }
  return before!.cleared.map(({ id, clearedAtMs }) => [id, clearedAtMs]);
}

test('a finding that is gone is told with when it was cleared, the newest first', () => {
  expect(clearedAfter([10, ['a', 'b']], [20, ['a']], [30, []], [40, []])).toEqual([
    ['a', 30],
    ['b', 20],
  ]);
});

test('one that is back is not told as cleared, and one that went twice is told once', () => {
  expect(clearedAfter([10, ['a']], [20, []], [30, ['a']])).toEqual([]);
  expect(clearedAfter([10, ['a']], [20, []], [30, ['a']], [40, []])).toEqual([['a', 40]]);
});

test('after an hour it is told no more', () => {
  expect(clearedAfter([10, ['a']], [20, []], [20 + MS_PER_HOUR - 1, []])).toEqual([['a', 20]]);
  expect(clearedAfter([10, ['a']], [20, []], [20 + MS_PER_HOUR, []])).toEqual([]);
});

test('ten are told at most', () => {
  const many = Array.from({ length: 15 }, (_, index) => `${index}`);
  expect(clearedAfter([10, many], [20, []])).toHaveLength(10);
});
