/**
 * The metrics of targets under the names that monitoring knows them by: base units, one family for all
 * targets. A figure that is not known has no sample, for nothing would be told from zero.
 */
import type { Definition, TargetMetrics } from './definitions/definition.ts';
import { EVENT_LOOP } from './definitions/event-loop.ts';
import { HEALTH } from './definitions/health.ts';
import { MEMORY } from './definitions/memory.ts';
import { PROCESSOR } from './definitions/processor.ts';
import { REQUESTS } from './definitions/requests.ts';
import { TARGET } from './definitions/target.ts';
import { TASKS } from './definitions/tasks.ts';
import { TRACKING } from './definitions/tracking.ts';
import type { MetricFamily } from './family.ts';
import { ownLabels } from './labels.ts';

/** In the order in which they are told. */
const DEFINITIONS: readonly Definition[] = [
  ...TARGET,
  ...TASKS,
  ...REQUESTS,
  ...EVENT_LOOP,
  ...MEMORY,
  ...PROCESSOR,
  ...HEALTH,
  ...TRACKING,
];

/**
 * All there are, for the documentation.
 * @internal
 */
export const METRICS: readonly Omit<MetricFamily, 'samples'>[] = DEFINITIONS;

/**
 * All families that have a sample. Each sample is labeled with its target, also where there is one
 * alone: its series would be others as soon as a worker thread starts.
 */
export function metricFamilies(targets: readonly TargetMetrics[]): MetricFamily[] {
  return DEFINITIONS.map(({ read, ...family }) => ({
    ...family,
    samples: targets.flatMap((target) =>
      read(target).map((sample) => ({
        ...sample,
        labels: { ...ownLabels(target), ...sample.labels },
      })),
    ),
  })).filter(({ samples }) => samples.length > 0);
}
