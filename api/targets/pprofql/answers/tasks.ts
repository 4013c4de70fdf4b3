/** Another pprofql's tasks. */
import type { Category } from '../../../base/category-rule.ts';
import { isOwn } from '../../../base/files/frame-origin.ts';
import { groupIds } from '../../../diagnostics/stack-id.ts';
import type { GoroutineSnapshot, IdentifiedGroup } from '../../../diagnostics/tasks.ts';
import type { GoroutineCategory, TasksQuery } from '../generated/graphql.ts';
import { frameOf, framesOf } from './frames.ts';
import { instrumentationOf } from './instrumentation.ts';
import { complete, type Told } from './told.ts';

const SUMMARY_FIELDS = [
  'background',
  'perRequest',
  'unknown',
  'longWaiting',
  'potentiallyStuck',
] as const;
const GROUP_FIELDS = [
  'count',
  'sampledCount',
  'state',
  'category',
  'categoryReason',
  'longWaiting',
  'potentiallyStuck',
] as const;

const CATEGORIES: Readonly<Record<GoroutineCategory, Category>> = {
  BACKGROUND: 'BACKGROUND',
  PER_REQUEST: 'PER_REQUEST',
  UNKNOWN: 'UNKNOWN',
};

type Goroutines = NonNullable<TasksQuery['goroutines']>;

export function tasksOf(answer: Told<TasksQuery>): GoroutineSnapshot {
  const goroutines = complete(answer.goroutines, 'goroutines', [
    'timestamp',
    'totalGoroutines',
    'summary',
    'groups',
  ]);
  const { rawProfile, rawTruncated } = goroutines;
  const timestampMs = Date.parse(goroutines.timestamp);
  return {
    timestampMs,
    observation: { via: 'HTTP', measuredAtMs: timestampMs },
    isExact: goroutines.isExact,
    total: goroutines.totalGoroutines,
    groups: goroutines.groups.map(groupOf),
    summary: complete(goroutines.summary, 'goroutines.summary', SUMMARY_FIELDS),
    raw: rawProfile === null ? null : { text: rawProfile, isTruncated: rawTruncated ?? false },
    instrumentation: instrumentationOf(goroutines.instrumentation),
  };
}

function groupOf(told: Told<Goroutines['groups'][number]>): IdentifiedGroup {
  const { sampledCount, longWaiting, potentiallyStuck, refedCount, ...group } = complete(
    told,
    'goroutines.groups',
    GROUP_FIELDS,
  );
  const frames = framesOf(group.frames);
  // One that is new says nothing here.
  const category = Object.hasOwn(CATEGORIES, group.category)
    ? CATEGORIES[group.category]
    : 'UNKNOWN';
  // Those that do not say were made by versions that knew only where tasks were created.
  const stackKind = told.stackKind === 'WAITS' ? 'WAITS' : 'CREATED';
  return {
    ...group,
    ...groupIds({ frames, state: group.state, category, stackKind }),
    category,
    topFrame: group.topFrame && frameOf(group.topFrame),
    culprit: group.culprit === null ? (frames.find(isOwn) ?? null) : frameOf(group.culprit),
    frames,
    stackKind,
    spans: (group.spans ?? []).map((each) =>
      complete(each, 'goroutines.groups.spans', ['traceId', 'spanId', 'count']),
    ),
    routes: (group.routes ?? []).map((each) =>
      complete(each, 'goroutines.groups.routes', ['route', 'count']),
    ),
    sampled: sampledCount,
    longWaitingCount: longWaiting,
    stuckCount: potentiallyStuck,
    refed: refedCount,
  };
}
