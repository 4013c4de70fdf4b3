import { useState } from 'react';
import { useObservatory } from '../live/observatory.ts';
import { useGentleRefresh } from '../memory/gentle-refresh.ts';
import { EmptyState } from '../shared/empty-state.tsx';
import { formatAge, formatBytes, formatChange, formatClock } from '../shared/format.ts';
import { useNow } from '../shared/hooks.ts';
import { useStore } from '../shared/store.ts';
import { useUrlParam } from '../shared/url-state.ts';
import { GrowthTables } from './growth-tables.tsx';
import { addMark, type Mark, marks, removeMark } from './marks.ts';

const AGE_RENEWED_MS = 1_000;

export function SnapshotsSection() {
  const { allocations, tasks, feed, target } = useObservatory();
  const all = useStore(marks).filter((mark) => mark.target === target);
  const [chosenId, choose] = useUrlParam('snapshots.mark', '');
  const [isMarking, setIsMarking] = useState(false);
  const chosen = all.find((mark) => mark.id === chosenId) ?? all.at(-1) ?? null;

  async function markNow(): Promise<void> {
    setIsMarking(true);
    await Promise.all([allocations.refresh(), tasks.refresh()]);
    const point = feed.series.get().points.at(-1);
    const heap = allocations.state.get().data;
    const work = tasks.state.get().data;
    const atMs = Date.now();
    const mark: Mark = {
      id: String(atMs),
      atMs,
      target,
      instanceId: (heap ?? work)?.process.instanceId ?? '',
      heapUsedBytes: point?.alloc ?? null,
      rssBytes: point?.rss ?? null,
      allocations: heap?.pprof ?? null,
      tasks: work?.goroutines ?? null,
    };
    addMark(mark);
    choose(mark.id);
    setIsMarking(false);
  }

  return (
    <>
      <div className="toolbar">
        <button
          type="button"
          className="primary"
          disabled={isMarking}
          onClick={() => void markNow()}
        >
          {isMarking ? 'Reading…' : 'Mark now'}
        </button>
        <p className="hint">
          Mark, then do what you suspect of leaking, and come back: only what grew is listed.
        </p>
      </div>
      {all.length > 0 && <MarkList all={all} chosen={chosen} onChoose={choose} />}
      {chosen === null ? (
        <EmptyState title="Nothing is marked yet">
          A mark remembers what is live: memory by stack and tasks by group. It lasts as long as
          this browser tab.
        </EmptyState>
      ) : (
        <SinceMark mark={chosen} />
      )}
    </>
  );
}

interface MarkListProps {
  all: readonly Mark[];
  chosen: Mark | null;
  onChoose: (id: string) => void;
}

function MarkList({ all, chosen, onChoose }: MarkListProps) {
  return (
    <ul className="marks" aria-label="Marks">
      {all.map((mark) => (
        <li key={mark.id}>
          <button type="button" aria-pressed={mark === chosen} onClick={() => onChoose(mark.id)}>
            {formatClock(mark.atMs)}
          </button>
          <button
            type="button"
            className="quiet"
            aria-label={`Remove the mark of ${formatClock(mark.atMs)}`}
            onClick={() => removeMark(mark.id)}
          >
            ×
          </button>
        </li>
      ))}
    </ul>
  );
}

function SinceMark({ mark }: { mark: Mark }) {
  const { allocations, tasks, feed, isPaused } = useObservatory();
  const nowMs = useNow(AGE_RENEWED_MS);
  const heap = useStore(allocations.state);
  const work = useStore(tasks.state);
  const series = useStore(feed.series);
  const point = series.points.at(-1);
  const collectedAt = heap.data?.pprof.allocationProfile?.collectedAt;
  useGentleRefresh(allocations, useStore(isPaused));
  if (series.instanceId !== null && series.instanceId !== mark.instanceId) {
    return (
      <EmptyState title="The process was restarted since this mark">
        What was live then is gone. Mark again to compare with the process that runs now.
      </EmptyState>
    );
  }
  return (
    <>
      <div className="read-note">
        <button
          type="button"
          disabled={heap.isFetching}
          onClick={() => void Promise.all([allocations.refresh(), tasks.refresh()])}
        >
          {heap.isFetching ? 'Reading…' : 'Compare now'}
        </button>
        <dl className="facts">
          <div>
            <dt>Since the mark</dt>
            <dd>{formatAge(nowMs - mark.atMs)}</dd>
          </div>
          <div>
            <dt>Heap used</dt>
            <dd>{change(mark.heapUsedBytes, point?.alloc)}</dd>
          </div>
          <div>
            <dt>Resident</dt>
            <dd>{change(mark.rssBytes, point?.rss)}</dd>
          </div>
          <div>
            <dt>Heap read at</dt>
            <dd>{collectedAt === undefined ? '–' : formatClock(Date.parse(collectedAt))}</dd>
          </div>
        </dl>
      </div>
      <GrowthTables
        mark={mark}
        memory={heap.data?.pprof ?? null}
        tasks={work.data?.goroutines ?? null}
      />
    </>
  );
}

function change(before: number | null, now: number | undefined): string {
  return before === null || now === undefined ? '–' : formatChange(now - before, formatBytes);
}
