import { FrameList } from '../frames/frame-list.tsx';
import { formatChange, formatCount, formatDuration } from '../shared/format.ts';
import { SpanList } from '../shared/span-list.tsx';
import type { TaskRow } from './task-rows.ts';
import { formatWait } from './wait-time.ts';

/** Everything known about one group: why it is accused, its figures, and its stack. */
export function TaskDetail({ row, isGo }: { row: TaskRow; isGo: boolean }) {
  return (
    <>
      {row.stuckReason !== null && <p className="note note-warning">{row.stuckReason}</p>}
      <dl className="facts">
        {factsOf(row, isGo).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {row.routes.length > 0 && (
        <ul className="routes">
          {row.routes.map(({ route, count }) => (
            <li key={route}>
              <code>{route}</code> {formatCount(count)}
            </li>
          ))}
        </ul>
      )}
      <SpanList spans={row.spans} />
      {row.labels !== null && row.labels.length > 0 && (
        <ul className="routes" aria-label="Labels">
          {row.labels.map((label) => (
            <li key={label}>
              <code>{label}</code>
            </li>
          ))}
        </ul>
      )}
      {!isGo && row.frames.length > 0 && (
        <p className="hint">
          {row.stackKind === 'WAITS'
            ? 'Where they wait, the innermost await first:'
            : 'Where they were created:'}
        </p>
      )}
      <FrameList frames={row.frames} />
    </>
  );
}

function factsOf(row: TaskRow, isGo: boolean): [name: string, value: string][] {
  const wait = (ms: number | null) => (ms === null ? null : formatWait(ms, isGo));
  const facts: [string, string | null][] = [
    ['Category', row.categoryReason],
    ['Newest', wait(row.newestWaitMs)],
    ['Median', wait(row.medianWaitMs)],
    ['Oldest', wait(row.oldestWaitMs)],
    ['Oldest request', row.oldestRequestMs === null ? null : formatDuration(row.oldestRequestMs)],
    ['Since open', row.grown === 0 ? null : formatChange(row.grown, formatCount)],
    ['Waiting over a minute', row.longWaiting > 0 ? formatCount(row.longWaiting) : null],
    ['Keep the process alive', row.refedCount === null ? null : formatCount(row.refedCount)],
    ['Locked to a thread', row.lockedToThread ? formatCount(row.lockedToThread) : null],
    ['Goroutines', row.goroutineIds === null ? null : idsOf(row.goroutineIds, row.count)],
    ['Sampled', row.sampledCount === row.count ? null : `${row.sampledCount} of ${row.count}`],
  ];
  return facts.filter((fact): fact is [string, string] => fact[1] !== null);
}

/** Their numbers in the raw dump: `7, 8 and 12 more`. */
function idsOf(ids: readonly number[], count: number): string {
  const rest = count - ids.length;
  return `${ids.join(', ')}${rest > 0 ? ` and ${formatCount(rest)} more` : ''}`;
}
