import type { Answered } from '../../../core/query/answered.ts';
import type { TaskGroupFragment, TasksQuery } from '../../generated/graphql.ts';
import { aFrame } from './frames.ts';

/** One task that waits for a user, for a request, for ten seconds. */
export function aGroup(given: Partial<TaskGroupFragment> = {}): TaskGroupFragment {
  const frame = aFrame('loadUser', '/app/user.ts', 7);
  return {
    id: 'group',
    count: 1,
    sampledCount: 1,
    state: 'await',
    category: 'PER_REQUEST',
    categoryReason: 'created while serving GET /users/:id',
    topFunc: 'loadUser',
    topFrame: frame,
    frames: [frame],
    stackKind: 'WAITS',
    culprit: frame,
    routes: [{ route: 'GET /users/:id', count: 1 }],
    oldestWaitMs: 10_000,
    medianWaitMs: 10_000,
    newestWaitMs: 10_000,
    oldestRequestMs: 10_000,
    longWaiting: 0,
    potentiallyStuck: 0,
    outlivedRequest: 0,
    stuckReason: null,
    refedCount: null,
    spans: [],
    lockedToThread: null,
    goroutineIds: null,
    labels: null,
    ...given,
  };
}

/** An answer with these groups, all tracked exactly. */
export function goroutinesOf(groups: TaskGroupFragment[]): Answered<TasksQuery>['goroutines'] {
  const total = groups.reduce((sum, group) => sum + group.count, 0);
  return {
    timestamp: '2026-01-31T12:00:00.000Z',
    totalGoroutines: total,
    groups,
    summary: { background: 0, perRequest: total, unknown: 0, longWaiting: 0, potentiallyStuck: 0 },
    observation: { via: 'PORT', ageMs: 0 },
    dump: null,
    locks: [],
    creators: [],
    isExact: false,
    instrumentation: {
      exactReadPauseMs: null,
      enabled: true,
      disabledReason: null,
      samplingRate: 1,
      dutyCycle: 1,
      overheadPercent: 0.1,
      overheadBudgetPercent: 2,
      records: total,
      recordsLimit: 10_000,
      dropped: 0,
    },
  };
}
