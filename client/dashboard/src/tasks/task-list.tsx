import { useCallback, useMemo, useRef, useState } from 'react';
import { useIsGo } from '../live/observatory.ts';
import { useRowWindow } from '../shared/row-window.ts';
import { NARROW, useMedia } from '../state/hooks.ts';
import { TaskItem } from './task-item.tsx';
import type { TaskRow } from './task-rows.ts';

/** Must match the heights of `.task-row` in tasks.css. */
const ROW_PX = 52;
const NARROW_ROW_PX = 172;

interface TaskListProps {
  rows: readonly TaskRow[];
  /** Ids of the groups shown although they are hidden. */
  hidden: ReadonlySet<string>;
}

/** Only the rows in view are in the document, however many groups there are. */
export function TaskList({ rows, hidden }: TaskListProps) {
  const isGo = useIsGo();
  const listRef = useRef<HTMLDivElement>(null);
  const rowPx = useMedia(NARROW) ? NARROW_ROW_PX : ROW_PX;
  const [openPx, setOpenPx] = useState<ReadonlyMap<string, number>>(new Map());
  const extraPx = useMemo(() => {
    const extra = new Map<number, number>();
    if (openPx.size > 0) {
      for (const [index, row] of rows.entries()) {
        const height = openPx.get(row.id);
        if (height !== undefined) extra.set(index, height);
      }
    }
    return extra;
  }, [rows, openPx]);
  const view = useRowWindow(listRef, { rowPx, count: rows.length, extraPx });

  const toggle = useCallback((id: string) => {
    setOpenPx((old) => {
      const next = new Map(old);
      if (!next.delete(id)) next.set(id, 0);
      return next;
    });
  }, []);
  const measure = useCallback((id: string, heightPx: number) => {
    setOpenPx((old) => (old.get(id) === heightPx ? old : new Map(old).set(id, heightPx)));
  }, []);

  return (
    <div className="card task-list">
      <div className="task-row task-head" aria-hidden="true">
        <span>Count</span>
        <span>{isGo ? 'Function' : 'Place'}</span>
        <span>{isGo ? 'State' : 'Waits for'}</span>
        <span>Oldest · median</span>
        <span>Since open</span>
        <span />
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: a list element may hold no spacers */}
      <div
        ref={listRef}
        role="list"
        aria-label={isGo ? 'Groups of goroutines' : 'Groups of async tasks'}
      >
        <div style={{ height: view.beforePx }} aria-hidden="true" />
        {rows.slice(view.start, view.end).map((row, index) => (
          <TaskItem
            key={row.id}
            row={row}
            position={view.start + index + 1}
            total={rows.length}
            isOpen={openPx.has(row.id)}
            isHidden={hidden.has(row.id)}
            onToggle={toggle}
            onMeasure={measure}
          />
        ))}
        <div style={{ height: view.afterPx }} aria-hidden="true" />
      </div>
    </div>
  );
}
