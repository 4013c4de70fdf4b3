/** What another pprofql finds wrong with itself: it knows more of itself than it tells. */
import {
  type ClearedFinding,
  type Finding,
  type FindingKind,
  HEALTH_STATUSES,
  type Health,
  type HealthStatus,
} from '../../../health/finding.ts';
import type {
  HealthQuery,
  FindingKind as ToldKind,
  HealthStatus as ToldStatus,
} from '../generated/graphql.ts';
import { frameOf, framesOf } from './frames.ts';
import { complete, type Told } from './told.ts';

const HEALTH_FIELDS = ['status', 'sentence', 'checkedAt'] as const;
const CLEARED_FIELDS = ['id', 'kind', 'severity', 'since', 'clearedAt', 'sentence'] as const;
const FINDING_FIELDS = ['id', 'kind', 'severity', 'since', 'sentence', 'nextStep'] as const;

const KINDS: Readonly<Record<ToldKind, FindingKind>> = {
  BLOCKED_LOOP: 'BLOCKED_LOOP',
  SLOW_LOOP: 'SLOW_LOOP',
  CPU_STARVED: 'CPU_STARVED',
  STUCK_REQUESTS: 'STUCK_REQUESTS',
  LEFT_BEHIND: 'LEFT_BEHIND',
  TASK_GROWTH: 'TASK_GROWTH',
  HEAP_GROWTH: 'HEAP_GROWTH',
  EXTERNAL_MEMORY_GROWTH: 'EXTERNAL_MEMORY_GROWTH',
  NATIVE_MEMORY_GROWTH: 'NATIVE_MEMORY_GROWTH',
  NEAR_HEAP_LIMIT: 'NEAR_HEAP_LIMIT',
  POOL_EXHAUSTED: 'POOL_EXHAUSTED',
  THREAD_POOL_SATURATED: 'THREAD_POOL_SATURATED',
  SLOW_ROUTE: 'SLOW_ROUTE',
  LISTENER_GROWTH: 'LISTENER_GROWTH',
  HANDLE_GROWTH: 'HANDLE_GROWTH',
  THREAD_GROWTH: 'THREAD_GROWTH',
  BUSY_THREAD: 'BUSY_THREAD',
  KEEPS_ALIVE: 'KEEPS_ALIVE',
  LOCK_CONTENTION: 'LOCK_CONTENTION',
  DEADLOCK: 'DEADLOCK',
  PREVIOUS_RUN_DIED: 'PREVIOUS_RUN_DIED',
  RECOVERED_PANIC: 'RECOVERED_PANIC',
  DATA_RACE: 'DATA_RACE',
  NOT_ANSWERING: 'NOT_ANSWERING',
  UNKNOWN: 'UNKNOWN',
};

type ToldFinding = Told<NonNullable<HealthQuery['health']>['findings'][number]>;
type ToldCleared = Told<NonNullable<HealthQuery['health']>['cleared'][number]>;
type ToldCore = Pick<ToldCleared, 'culprit'> & {
  kind: ToldKind;
  severity: ToldStatus;
  since: string;
};

/** Null where its version does not judge itself. */
export function healthOf({ health: told }: Told<HealthQuery>): Health | null {
  if (told === null) return null;
  const { checkedAt, findings, tooEarly, cleared, ...health } = complete(
    told,
    'health',
    HEALTH_FIELDS,
  );
  return {
    ...health,
    status: statusOf(health.status),
    checkedAtMs: Date.parse(checkedAt),
    findings: (findings ?? []).map(findingOf),
    tooEarly: tooEarly ?? [],
    cleared: (cleared ?? []).map(clearedOf),
  };
}

function findingOf(told: ToldFinding): Finding {
  const { stack, routes, ...finding } = complete(told, 'health.findings', FINDING_FIELDS);
  return {
    ...known(finding),
    stack: framesOf(stack),
    routes: (routes ?? []).map((each) =>
      complete(each, 'health.findings.routes', ['route', 'count']),
    ),
  };
}

function clearedOf(told: ToldCleared): ClearedFinding {
  const { clearedAt, ...finding } = complete(told, 'health.cleared', CLEARED_FIELDS);
  return { ...known(finding), clearedAtMs: Date.parse(clearedAt) };
}

/** What there is of a finding while it lasts and afterwards, in the words of this version. */
function known<Rest extends ToldCore>({ kind, severity, since, culprit, ...rest }: Rest) {
  return {
    ...rest,
    kind: Object.hasOwn(KINDS, kind) ? KINDS[kind] : ('UNKNOWN' as const),
    severity: statusOf(severity),
    sinceMs: Date.parse(since),
    culprit: culprit && frameOf(culprit),
  };
}

/** One that is new says here only that something is wrong. */
function statusOf(status: ToldStatus): HealthStatus {
  return HEALTH_STATUSES.find((known) => known === status) ?? 'WARNING';
}
