/** What health has found. */
import { HEALTH_STATUSES } from '../../../health/finding.ts';
import type { Sample } from '../family.ts';
import type { MetricsSnapshot } from '../snapshot.ts';
import { type Definition, one, several } from './definition.ts';

export const HEALTH: readonly Definition[] = [
  several(
    'pprofql_findings',
    'gauge',
    'What health has found that lasts, by kind and severity, as last judged; a kind that is not found has no sample.',
    ({ health }) => findingsOf(health),
  ),
  one(
    'pprofql_health_status',
    'gauge',
    'The worst finding: 0 healthy, 1 notice, 2 warning, 3 critical; as last judged.',
    ({ health }) => health && HEALTH_STATUSES.indexOf(health.status),
  ),
];

function findingsOf(health: MetricsSnapshot['health']): Sample[] {
  const counts = new Map<string, Sample>();
  for (const { kind, severity } of health?.findings ?? []) {
    const key = `${kind} ${severity}`;
    const value = (counts.get(key)?.value ?? 0) + 1;
    counts.set(key, { value, labels: { kind, severity } });
  }
  return [...counts.values()];
}
