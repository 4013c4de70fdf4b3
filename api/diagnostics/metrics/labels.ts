/** The labels of samples. */
import type { TargetMetrics } from './definitions/definition.ts';
import type { Labels } from './family.ts';

/** The instance changes with each start, and so is told by `pprofql_target_info` alone. */
export function ownLabels({ name, snapshot }: TargetMetrics): Labels {
  return toldLabels({ target: name, service_name: snapshot?.process?.serviceName });
}

export function toldLabels(labels: Readonly<Record<string, string | null | undefined>>): Labels {
  return Object.fromEntries(
    Object.entries(labels).flatMap(([name, value]) => (value == null ? [] : [[name, value]])),
  );
}
