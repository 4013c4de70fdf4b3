/** What another pprofql finds wrong with itself: it knows more of itself than it tells. */
import {
  type ClearedFinding,
  type Finding,
  HEALTH_STATUSES,
  type Health,
  type HealthStatus,
  knownKind,
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
    kind: knownKind(kind),
    severity: statusOf(severity),
    sinceMs: Date.parse(since),
    culprit: culprit && frameOf(culprit),
  };
}

/** One that is new says here only that something is wrong. */
function statusOf(status: ToldStatus): HealthStatus {
  return HEALTH_STATUSES.find((known) => known === status) ?? 'WARNING';
}
