import type { TasksQuery } from '../../generated/graphql.ts';
import { formatCount, formatEstimate, formatPercent, formatShare } from '../shared/format.ts';

/** The totals, and how exact they are. */
export function TrackingNote({ goroutines }: { goroutines: TasksQuery['goroutines'] }) {
  const { summary, instrumentation, totalGoroutines, groups } = goroutines;
  const isSampling = instrumentation.samplingRate < 1 || instrumentation.dutyCycle < 1;
  return (
    <dl className="facts facts-large">
      <Figure name="Tasks" value={formatEstimate(totalGoroutines, isSampling)} />
      <Figure name="Groups" value={formatCount(groups.length)} />
      <Figure
        name="Potentially stuck"
        value={formatCount(summary.potentiallyStuck)}
        isWarning={summary.potentiallyStuck > 0}
      />
      <Figure name="Of requests" value={formatCount(summary.perRequest)} />
      <Figure name="Background" value={formatCount(summary.background)} />
      <Figure name="Unknown" value={formatCount(summary.unknown)} />
      <Figure
        name="Tracking"
        value={isSampling ? `sampled, ${formatShare(instrumentation.samplingRate)}` : 'exact'}
      />
      <Figure
        name="Tracking costs"
        value={`${formatPercent(instrumentation.overheadPercent)} of a core`}
      />
    </dl>
  );
}

function Figure({
  name,
  value,
  isWarning = false,
}: {
  name: string;
  value: string;
  isWarning?: boolean;
}) {
  return (
    <div>
      <dt>{name}</dt>
      <dd className={isWarning ? 'warning-text' : undefined}>{value}</dd>
    </div>
  );
}
