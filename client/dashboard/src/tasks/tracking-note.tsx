import type { Answered } from '../../../core/query/answered.ts';
import type { TasksQuery } from '../../generated/graphql.ts';
import { useIsGo } from '../live/observatory.ts';
import {
  formatCount,
  formatEstimate,
  formatPercent,
  formatShare,
  plural,
} from '../shared/format.ts';

type Goroutines = Answered<TasksQuery>['goroutines'];

/** The totals, and how exact they are. */
export function TrackingNote({ goroutines }: { goroutines: Goroutines }) {
  const { summary, instrumentation, totalGoroutines, groups, dump } = goroutines;
  const isGo = useIsGo();
  const isSampling =
    goroutines.isExact !== true &&
    (instrumentation.samplingRate < 1 || instrumentation.dutyCycle < 1);
  return (
    <>
      <dl className="facts facts-large">
        <Figure
          name={isGo ? 'Goroutines' : 'Tasks'}
          value={formatEstimate(totalGoroutines, isSampling)}
        />
        <Figure name="Groups" value={formatCount(groups.length)} />
        <Figure
          name="Potentially stuck"
          value={formatCount(summary.potentiallyStuck)}
          isWarning={summary.potentiallyStuck > 0}
        />
        <Figure name="Of requests" value={formatCount(summary.perRequest)} />
        <Figure name="Background" value={formatCount(summary.background)} />
        <Figure name="Unknown" value={formatCount(summary.unknown)} />
        {dump === null ? (
          <>
            <Figure name="Tracking" value={trackingOf(goroutines, isSampling)} />
            <Figure
              name="Tracking costs"
              value={`${formatPercent(instrumentation.overheadPercent)} of a core`}
            />
          </>
        ) : (
          <Figure name="Dump" value={plural(dump.lines, 'line')} />
        )}
      </dl>
      {dump !== null && <DumpNote dump={dump} />}
    </>
  );
}

function trackingOf({ isExact, instrumentation }: Goroutines, isSampling: boolean): string {
  if (isExact === true) return 'exact read';
  // Of those tasks that are made while it looks, for a part of the time.
  const { samplingRate, dutyCycle } = instrumentation;
  return isSampling ? `sampled, ${formatShare(samplingRate * dutyCycle)}` : 'exact';
}

/** What of the dump could not be read; nothing where all of it was. */
function DumpNote({ dump }: { dump: NonNullable<Goroutines['dump']> }) {
  const unread = dump.headers - dump.parsed;
  return (
    <>
      {dump.unwrapped.length > 0 && (
        <p className="note">Unwrapped before it was read: {dump.unwrapped.join(', ')}.</p>
      )}
      {dump.logLines > 0 && (
        <details className="note">
          <summary>{plural(dump.logLines, 'log line')} in the middle of stacks left out</summary>
          <ol className="unread-lines">
            {dump.logLineExamples.map(({ line, text }) => (
              <li key={line} value={line}>
                <code>{text}</code>
              </li>
            ))}
          </ol>
        </details>
      )}
      {dump.mergedGoroutines > 0 && (
        <p className="note">
          {plural(dump.mergedGoroutines, 'goroutine')} at the rarest of very many different stacks
          are counted together, by the line of the program and by who started them.
        </p>
      )}
      {dump.truncated && (
        <p className="note note-warning">
          The dump ends in the middle of a goroutine: it was cut, and there were more.
        </p>
      )}
      {(dump.notUnderstood > 0 || unread > 0) && (
        <details className="note note-warning">
          <summary>
            Not understood: {plural(dump.notUnderstood, 'line')}
            {unread > 0 && `; ${plural(unread, 'goroutine')} without a stack`}
          </summary>
          <ol className="unread-lines">
            {dump.notUnderstoodExamples.map(({ line, text }) => (
              <li key={line} value={line}>
                <code>{text}</code>
              </li>
            ))}
          </ol>
        </details>
      )}
    </>
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
