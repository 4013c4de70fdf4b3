/** What tracking tasks costs, and what it leaves out. */
import type { MetricsSnapshot } from '../snapshot.ts';
import { type Definition, one, seconds, type Value } from './definition.ts';

export const TRACKING: readonly Definition[] = [
  tracking('pprofql_tracking_enabled', 'gauge', '1 where async tasks are tracked.', (each) =>
    each.enabled ? 1 : 0,
  ),
  tracking(
    'pprofql_tracking_overhead_ratio',
    'gauge',
    'Share of one core that pprofql has used on the observed thread lately, 0 to 1.',
    (each) => share(each.overheadPercent),
  ),
  tracking(
    'pprofql_tracking_overhead_budget_ratio',
    'gauge',
    'Share of one core that tracking tasks may use, 0 to 1.',
    (each) => share(each.overheadBudgetPercent),
  ),
  tracking(
    'pprofql_tracking_sampling_ratio',
    'gauge',
    'Probability with which a new task is recorded; 1 for every task.',
    (each) => each.samplingRate,
  ),
  tracking(
    'pprofql_tracking_duty_cycle_ratio',
    'gauge',
    'Share of time in which new tasks are seen; 1 for always.',
    (each) => each.dutyCycle,
  ),
  tracking(
    'pprofql_tracking_blind_seconds',
    'counter',
    'Time in which tasks were made unseen because a burst had outrun the budget.',
    (each) => seconds(each.blindMs),
  ),
  tracking(
    'pprofql_tracking_records',
    'gauge',
    'Records of live tasks that are held.',
    (each) => each.records,
  ),
  tracking(
    'pprofql_tracking_records_limit',
    'gauge',
    'Records of live tasks that are held at most.',
    (each) => each.recordsLimit,
  ),
  tracking(
    'pprofql_tracking_tasks_seen',
    'counter',
    'Tasks that were seen being made.',
    (each) => each.seen,
  ),
  tracking(
    'pprofql_tracking_tasks_sampled_out',
    'counter',
    'Tasks that sampling left out.',
    (each) => each.sampledOut,
  ),
  tracking(
    'pprofql_tracking_tasks_dropped',
    'counter',
    'Records that were given up because the limit was reached.',
    (each) => each.dropped,
  ),
];

const share = (percent: Value): Value => (percent == null ? percent : percent / 100);

type Tracking = NonNullable<MetricsSnapshot['figures']>['instrumentation'];

/** Of what is tracked here: elsewhere nobody does, and zeros would say otherwise. */
function tracking(
  name: string,
  type: 'gauge' | 'counter',
  help: string,
  read: (instrumentation: Tracking) => Value,
): Definition {
  const isTracker = ({ recordsLimit }: Tracking) => recordsLimit > 0;
  return one(name, type, help, ({ figures }) =>
    figures !== null && isTracker(figures.instrumentation) ? read(figures.instrumentation) : null,
  );
}
