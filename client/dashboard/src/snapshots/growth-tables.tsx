import { type ReactNode, useMemo } from 'react';
import type { AllocationsQuery, TasksQuery } from '../../generated/graphql.ts';
import { formatBytes, formatChange, formatCount } from '../shared/format.ts';
import { FrameList } from '../shared/frame-list.tsx';
import { FramePlace } from '../shared/frame-place.tsx';
import type { Frame } from '../shared/frames.ts';
import { memoryGrowth, taskGrowth } from './growth.ts';
import type { Mark } from './marks.ts';

/** More rows would hide what matters. */
const MOST_ROWS = 20;

const NOT_READ_SINCE =
  'The heap has not been read since the mark: reads pause the program, so they are spaced.';

interface GrowthTablesProps {
  mark: Mark;
  memory: AllocationsQuery['pprof'] | null;
  tasks: TasksQuery['goroutines'] | null;
}

export function GrowthTables({ mark, memory, tasks }: GrowthTablesProps) {
  const grownMemory = useMemo(
    () =>
      mark.allocations === null || memory === null ? [] : memoryGrowth(mark.allocations, memory),
    [mark, memory],
  );
  const grownTasks = useMemo(
    () => (mark.tasks === null || tasks === null ? [] : taskGrowth(mark.tasks, tasks)),
    [mark, tasks],
  );
  const isSameRead =
    memory?.allocationProfile?.collectedAt === mark.allocations?.allocationProfile?.collectedAt;
  return (
    <div className="growth-grid">
      <GrowthCard
        title="Memory that grew"
        emptyText={isSameRead ? NOT_READ_SINCE : 'No stack holds more than at the mark.'}
      >
        {grownMemory.slice(0, MOST_ROWS).map((row) => (
          <GrowthItem
            key={row.id}
            name={row.place.function}
            place={row.place}
            frames={row.frames}
            change={`${row.isNew ? 'up to ' : ''}${formatChange(row.grownBytes, formatBytes)}`}
            now={`${formatBytes(row.liveBytes)} live`}
          />
        ))}
      </GrowthCard>
      <GrowthCard title="Tasks that grew" emptyText="No group has more tasks than at the mark.">
        {grownTasks.slice(0, MOST_ROWS).map((row) => (
          <GrowthItem
            key={row.id}
            name={row.topFunc}
            place={row.topFrame}
            frames={row.frames}
            change={formatChange(row.grown, formatCount)}
            now={`${formatCount(row.count)} now${row.route === null ? '' : ` · ${row.route}`}`}
          />
        ))}
      </GrowthCard>
    </div>
  );
}

interface GrowthCardProps {
  title: string;
  emptyText: string;
  children: ReactNode[];
}

function GrowthCard({ title, emptyText, children }: GrowthCardProps) {
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

interface GrowthItemProps {
  name: string;
  place: Frame | null;
  frames: readonly Frame[];
  change: string;
  now: string;
}

function GrowthItem({ name, place, frames, change, now }: GrowthItemProps) {
  return (
    <li>
      <details>
        <summary>
          <span className="growth-change growth-up">{change}</span>
          <span className="place">
            <span className="place-function">{name}</span>
            {place !== null && place.file !== '' && <FramePlace frame={place} />}
          </span>
          <span className="growth-now muted">{now}</span>
        </summary>
        <FrameList frames={frames} />
      </details>
    </li>
  );
}
