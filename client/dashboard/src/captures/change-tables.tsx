import type { ReactNode } from 'react';
import type { Answered } from '../../../core/query/answered.ts';
import type {
  CompareQuery,
  MemoryChangeFragment,
  OutsideChangeFragment,
  TaskChangeFragment,
} from '../../generated/graphql.ts';
import { FrameList } from '../frames/frame-list.tsx';
import { FramePlace } from '../frames/frame-place.tsx';
import { type Frame, responsibleFrame } from '../frames/frames.ts';
import { HoldersPanel } from '../holders/holders-panel.tsx';
import { useIsGo } from '../live/observatory.ts';
import { formatBytes, formatChange, formatCount, isRough } from '../shared/format.ts';

type Diff = Answered<CompareQuery>['diff'];

/** What holds more than at the base, and what holds less. */
export function ChangeTables({ diff }: { diff: Diff }) {
  const tasks = useIsGo() ? 'Goroutines' : 'Tasks';
  const { base, to, allocations, outside } = diff;
  const noHeap = base.heapUnavailable ?? to.heapUnavailable;
  return (
    <div className="growth-grid">
      <ChangeCard title="Memory that grew" emptyText={noHeap ?? 'No stack holds more.'}>
        {(allocations?.grown ?? []).map(memoryItem)}
      </ChangeCard>
      <ChangeCard title={`${tasks} that grew`} emptyText="No group has more.">
        {diff.tasks.grown.map(taskItem)}
      </ChangeCard>
      <ChangeCard title="Memory that shrank" emptyText={noHeap ?? 'No stack holds less.'}>
        {(allocations?.shrunk ?? []).map(memoryItem)}
      </ChangeCard>
      <ChangeCard title={`${tasks} that went`} emptyText="No group has less.">
        {diff.tasks.shrunk.map(taskItem)}
      </ChangeCard>
      {outside !== null && (
        <ChangeCard title="Outside the heap that grew" emptyText="No stack keeps more.">
          {outside.map(outsideItem)}
        </ChangeCard>
      )}
    </div>
  );
}

function memoryItem({ id, stackId, frames, ...row }: MemoryChangeFragment): ReactNode {
  const place = responsibleFrame(frames) ?? null;
  return (
    <ChangeItem
      key={id}
      name={place?.function ?? '(unknown)'}
      place={place}
      frames={frames}
      isGrowth={row.bytesDelta > 0}
      change={formatChange(row.bytesDelta, formatBytes)}
      margin={isRough(row.bytesDelta, row.marginBytes) ? row.marginBytes : null}
      now={row.change === 'NEW' ? 'new' : `${formatBytes(row.toBytes)} live`}
      allocation={row.bytesDelta > 0 ? stackId : null}
    />
  );
}

function taskItem({ id, group, countDelta, toCount }: TaskChangeFragment): ReactNode {
  const route = group.routes[0]?.route;
  return (
    <ChangeItem
      key={id}
      name={group.topFunc}
      place={group.topFrame}
      frames={group.frames}
      isGrowth={countDelta > 0}
      change={formatChange(countDelta, formatCount)}
      now={`${formatCount(toCount)} in all${route === undefined ? '' : ` · ${route}`}`}
    />
  );
}

/** Buffers, in bytes; the rest, such as handles and listeners, in numbers. */
function outsideItem({ id, kind, frames, ...row }: OutsideChangeFragment): ReactNode {
  const place = responsibleFrame(frames) ?? null;
  return (
    <ChangeItem
      key={id}
      name={place?.function ?? '(unknown)'}
      place={place}
      frames={frames}
      isGrowth
      change={
        row.bytesDelta === null
          ? formatChange(row.countDelta, formatCount)
          : formatChange(row.bytesDelta, formatBytes)
      }
      margin={isRough(row.bytesDelta ?? 0, row.marginBytes) ? row.marginBytes : null}
      now={kind === 'BUFFER' ? 'buffers' : kind}
    />
  );
}

interface ChangeCardProps {
  title: string;
  emptyText: string;
  children: ReactNode[];
}

function ChangeCard({ title, emptyText, children }: ChangeCardProps) {
  return (
    <section className="card" aria-label={title}>
      <h3>{title}</h3>
      {children.length === 0 ? (
        <p className="hint">{emptyText}</p>
      ) : (
        <ul className="growth-list">{children}</ul>
      )}
    </section>
  );
}

interface ChangeItemProps {
  name: string;
  place: Frame | null;
  frames: readonly Frame[];
  isGrowth: boolean;
  change: string;
  /** Of a rough change, the bytes by which it may be off. */
  margin?: number | null;
  now: string;
  /** Of memory that grew, by which it can be asked who holds it. */
  allocation?: string | null;
}

function ChangeItem(item: ChangeItemProps) {
  const { name, place, frames, isGrowth, change, margin, now, allocation } = item;
  return (
    <li>
      <details>
        <summary>
          <span className={`growth-change ${isGrowth ? 'growth-up' : 'growth-down'}`}>
            {margin != null && '≈'}
            {change}
            {margin != null && <small className="muted"> ±{formatBytes(margin)}</small>}
          </span>
          <span className="place">
            <span className="place-function">{name}</span>
            {place !== null && place.file !== '' && <FramePlace frame={place} />}
          </span>
          <span className="growth-now muted">{now}</span>
        </summary>
        <FrameList frames={frames} />
        {allocation != null && <HoldersPanel allocation={allocation} />}
      </details>
    </li>
  );
}
