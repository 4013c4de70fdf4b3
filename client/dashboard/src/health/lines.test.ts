import { expect, test } from 'vitest';
import type { FindingFragment, HealthFragment } from '../../generated/graphql.ts';
import { evidenceOf, LATEST_STALL } from './evidence-link.ts';
import { linesOf, stuckCount } from './lines.ts';

const NOW_MS = Date.parse('2026-01-31T12:00:00Z');

const aFinding = (given: Partial<FindingFragment>) =>
  ({
    id: 'a',
    severity: 'WARNING',
    sentence: 'Something.',
    count: null,
    ...given,
  }) as FindingFragment;

const HEALTHY: HealthFragment = {
  status: 'HEALTHY',
  sentence: 'Healthy.',
  findings: [],
  cleared: [],
};

function read(given: Partial<Parameters<typeof linesOf>[0]>): string[] {
  const input = {
    health: HEALTHY,
    phase: 'live',
    phaseSinceMs: NOW_MS - 60_000,
    nowMs: NOW_MS,
    ...given,
  } as const;
  return linesOf(input).map(({ tone, sentence }) => `${tone}: ${sentence}`);
}

test('says what the API says', () => {
  expect(read({})).toEqual(['fine: Healthy.']);
});

test('lists the findings in their order, the worst as the first line', () => {
  const findings = [
    aFinding({ id: 'a', severity: 'CRITICAL', sentence: 'Not answering.' }),
    aFinding({ id: 'b', severity: 'NOTICE', sentence: 'Held up by pprofql.' }),
  ];
  expect(read({ health: { ...HEALTHY, findings } })).toEqual([
    'critical: Not answering.',
    'unknown: Held up by pprofql.',
  ]);
});

test('says before the first answer that it waits', () => {
  expect(read({ health: null })).toEqual(['unknown: Waiting for the first figures']);
});

test('makes no statement about the process without a connection', () => {
  expect(read({ phase: 'lost' })).toEqual(['unknown: Connection lost, trying again']);
  expect(read({ phase: 'unauthorized' })).toEqual(['unknown: An access token is needed']);
});

test('says no word of a connection that is lost for a moment', () => {
  expect(read({ phase: 'lost', phaseSinceMs: NOW_MS - 300 })).toEqual(['fine: Healthy.']);
});

test('counts the tasks that findings say are stuck', () => {
  const findings = [
    aFinding({ kind: 'STUCK_REQUESTS', count: 2 }),
    aFinding({ kind: 'LEFT_BEHIND', count: 3 }),
    aFinding({ kind: 'TASK_GROWTH', count: 400 }),
  ];
  expect(stuckCount({ ...HEALTHY, findings })).toBe(5);
  expect(stuckCount(null)).toBe(0);
});

test('leads from a finding to what shows it', () => {
  expect(evidenceOf('BLOCKED_LOOP', '3')).toEqual({ view: 'overview', 'overview.stall': '3' });
  const latest = { view: 'overview', 'overview.stall': 'latest' };
  expect(evidenceOf('BLOCKED_LOOP', LATEST_STALL)).toEqual(latest);
  expect(evidenceOf('BLOCKED_LOOP', null)).toEqual({ view: 'overview', 'overview.chart': 'delay' });
  expect(evidenceOf('LEFT_BEHIND', null)).toEqual({ view: 'tasks', 'tasks.only': 'stuck' });
  expect(evidenceOf('HANDLE_GROWTH', null)).toEqual({ view: 'tasks', 'tasks.order': 'growth' });
  const previous = { view: 'overview', 'overview.run': 'previous' };
  expect(evidenceOf('PREVIOUS_RUN_DIED', null)).toEqual(previous);
  expect(evidenceOf('PREVIOUS_RUN_DIED', null, true)).toEqual({ view: 'tasks' });
  const external = { view: 'overview', 'overview.chart': 'external' };
  expect(evidenceOf('EXTERNAL_MEMORY_GROWTH', null)).toEqual(external);
  expect(evidenceOf('LOCK_CONTENTION', null, true)).toEqual({
    view: 'tasks',
    'tasks.only': 'stuck',
  });
  expect(evidenceOf('NOT_ANSWERING', null)).toBeNull();
});
