import { MS_PER_MINUTE } from '../../../../api/base/numbers/units.ts';
import type { Answered } from '../../../core/query/answered.ts';
import type { TasksQuery } from '../../generated/graphql.ts';
import { FramePlace } from '../frames/frame-place.tsx';
import type { Frame } from '../frames/frames.ts';
import { formatCount, formatDuration, plural } from '../shared/format.ts';

type Goroutines = Answered<TasksQuery>['goroutines'];
type Lock = Goroutines['locks'][number];

const KINDS: Readonly<Record<Lock['kind'], string>> = {
  MUTEX: 'Mutex',
  RW_MUTEX: 'RWMutex',
  WAIT_GROUP: 'WaitGroup',
  COND: 'Cond',
};
const SHOWN_ROWS = 8;

/** The locks that goroutines of Go wait for, the longest wait first, and who likely holds each. */
export function LockTable({ locks }: Pick<Goroutines, 'locks'>) {
  if (locks.length === 0) return null;
  return (
    <section className="card table-card lock-card" aria-label="Locks">
      <table className="table route-table">
        <caption className="sr-only">Locks that goroutines wait for</caption>
        <thead>
          <tr>
            <th scope="col">Lock</th>
            <th scope="col" className="num">
              Waiters
            </th>
            <th scope="col" className="num">
              Longest wait
            </th>
            <th scope="col">Waits at</th>
            <th scope="col">Likely holder</th>
          </tr>
        </thead>
        <tbody>
          {locks.slice(0, SHOWN_ROWS).map((lock) => (
            <tr key={`${lock.kind} ${lock.address} ${lock.struct}`}>
              <th scope="row">
                {KINDS[lock.kind]} <code>{lock.struct ?? lock.address ?? ''}</code>
              </th>
              <td className="num" data-label="Waiters">
                {formatCount(lock.waiters)}
              </td>
              <td className="num" data-label="Longest wait">
                {waitText(lock.waitMinutes * MS_PER_MINUTE)}
              </td>
              <td data-label="Waits at">
                <Place frame={lock.places[0]?.frame ?? null} others={lock.places.length - 1} />
              </td>
              <td data-label="Likely holder">
                <Holder lock={lock} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <Rest count={locks.length - SHOWN_ROWS} noun="lock" />
    </section>
  );
}

/** Which lines have started most of the goroutines that are there. */
export function CreatorTable({ creators }: Pick<Goroutines, 'creators'>) {
  const several = creators.filter(({ count }) => count > 1);
  if (several.length === 0) return null;
  return (
    <section className="card table-card lock-card" aria-label="Started by">
      <table className="table route-table">
        <caption className="sr-only">Lines that have started most goroutines</caption>
        <thead>
          <tr>
            <th scope="col">Started by</th>
            <th scope="col" className="num">
              Goroutines
            </th>
            <th scope="col" className="num">
              Longest wait
            </th>
          </tr>
        </thead>
        <tbody>
          {several.slice(0, SHOWN_ROWS).map(({ creator, count, oldestWaitMs }) => (
            <tr key={`${creator.function} ${creator.file}:${creator.line}`}>
              <th scope="row">
                <Place frame={creator} others={0} />
              </th>
              <td className="num" data-label="Goroutines">
                {formatCount(count)}
              </td>
              <td className="num" data-label="Longest wait">
                {waitText(oldestWaitMs)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <Rest count={several.length - SHOWN_ROWS} noun="line" />
    </section>
  );
}

function Holder({ lock: { kind, likelyHolder, deadlock } }: { lock: Lock }) {
  if (likelyHolder === null) return <span className="muted">nobody is seen to hold it</span>;
  const notDone = kind === 'WAIT_GROUP' ? ' (not done)' : '';
  const mark = deadlock.length > 0 ? ' (deadlock)' : notDone;
  return (
    <>
      goroutine {likelyHolder.number}
      {mark} <Place frame={likelyHolder.frame} others={0} />
    </>
  );
}

/** @param others further places, that are only counted */
function Place({ frame, others }: { frame: Frame | null; others: number }) {
  if (frame === null) return <span className="muted">not known</span>;
  return (
    <>
      <code>{frame.function}</code> <FramePlace frame={frame} />
      {others > 0 && <span className="muted"> and {plural(others, 'other line')}</span>}
    </>
  );
}

function Rest({ count, noun }: { count: number; noun: string }) {
  return count > 0 ? <p className="hint">and {plural(count, `other ${noun}`)}</p> : null;
}

/** Go counts whole minutes. */
function waitText(waitMs: number | null): string {
  return waitMs === null || waitMs < MS_PER_MINUTE ? 'below 1 min' : formatDuration(waitMs);
}
