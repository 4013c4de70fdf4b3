import { memo, useLayoutEffect, useRef } from 'react';
import type { GoroutineCategory } from '../../generated/graphql.ts';
import { FramePlace } from '../frames/frame-place.tsx';
import { responsibleCaller } from '../frames/frames.ts';
import { useIsGo } from '../live/observatory.ts';
import { formatChange, formatCount, formatEstimate } from '../shared/format.ts';
import { hideGroup, showGroup } from './hidden-groups.ts';
import { TaskDetail } from './task-detail.tsx';
import type { TaskRow } from './task-rows.ts';
import { formatWait } from './wait-time.ts';

const CATEGORY_NAMES: Record<GoroutineCategory, string> = {
  PER_REQUEST: 'request',
  BACKGROUND: 'background',
  UNKNOWN: 'unknown',
};

interface TaskItemProps {
  row: TaskRow;
  /** 1-based place in the whole list, for screen readers. */
  position: number;
  total: number;
  isOpen: boolean;
  isHidden: boolean;
  onToggle: (id: string) => void;
  onMeasure: (id: string, heightPx: number) => void;
}

export const TaskItem = memo(function TaskItem(props: TaskItemProps) {
  const { row, isOpen, isHidden } = props;
  const isGo = useIsGo();
  const caller = responsibleCaller(row.frames);
  const isStuck = row.potentiallyStuck > 0;
  return (
    // biome-ignore lint/a11y/useSemanticElements: rows out of view are not in the list
    <div
      role="listitem"
      aria-posinset={props.position}
      aria-setsize={props.total}
      className={`task${isStuck ? ' is-stuck' : ''}${isHidden ? ' is-hidden' : ''}`}
    >
      <div className="task-row">
        <span className="task-count">
          {formatEstimate(row.count, row.sampledCount !== row.count)}
        </span>
        <button
          type="button"
          className="disclosure"
          aria-expanded={isOpen}
          onClick={() => props.onToggle(row.id)}
        >
          <span className="place">
            <span className="place-function">{row.topFunc}</span>
            {row.topFrame !== null && row.topFrame.file !== '' && (
              <FramePlace frame={row.topFrame} />
            )}
            {caller !== undefined && <span className="place-via">{wayFrom(caller.function)}</span>}
            {row.apart !== null && <span className="place-via">via {row.apart}</span>}
          </span>
          <TaskOwner row={row} />
        </button>
        <span className="task-state">
          {row.state}
          {isStuck && (
            <span className="tag tag-warning" title={row.stuckReason ?? undefined}>
              stuck
            </span>
          )}
        </span>
        <span className="task-wait">
          {formatWait(row.oldestWaitMs, isGo)}{' '}
          <span className="muted">· {formatWait(row.medianWaitMs, isGo)}</span>
        </span>
        <span className={row.grown > 0 ? 'task-growth growth-up' : 'task-growth muted'}>
          {formatChange(row.grown, formatCount)}
        </span>
        <button
          type="button"
          className="task-hide"
          aria-label={`${isHidden ? 'Show' : 'Hide'} ${row.topFunc}`}
          onClick={() => (isHidden ? showGroup : hideGroup)(row.id)}
        >
          {isHidden ? 'Show' : 'Hide'}
        </button>
      </div>
      {isOpen && (
        <MeasuredDetail id={row.id} onMeasure={props.onMeasure}>
          <TaskDetail row={row} isGo={isGo} />
        </MeasuredDetail>
      )}
    </div>
  );
});

/** Go names the creator of a goroutine `created by main.main`. */
function wayFrom(caller: string): string {
  return caller.startsWith('created by ') ? caller : `from ${caller}`;
}

/** Why the tasks exist: the route that made them, or the category. */
function TaskOwner({ row }: { row: TaskRow }) {
  const [first, ...others] = row.routes;
  return (
    <span className="task-owner">
      <span className={`tag tag-${row.category.toLowerCase()}`} title={row.categoryReason}>
        {CATEGORY_NAMES[row.category]}
      </span>
      {first !== undefined && <code>{first.route}</code>}
      {others.length > 0 && <span className="muted">+{others.length} routes</span>}
      {row.outlivedRequest !== null && row.outlivedRequest > 0 && (
        <span className="warning-text">
          {formatCount(row.outlivedRequest)} outlived the request
        </span>
      )}
    </span>
  );
}

interface MeasuredDetailProps {
  id: string;
  onMeasure: (id: string, heightPx: number) => void;
  children: React.ReactNode;
}

function MeasuredDetail({ id, onMeasure, children }: MeasuredDetailProps) {
  const ref = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = ref.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => onMeasure(id, element.offsetHeight));
    observer.observe(element);
    return () => observer.disconnect();
  }, [id, onMeasure]);
  return (
    <div ref={ref} className="task-detail">
      {children}
    </div>
  );
}
