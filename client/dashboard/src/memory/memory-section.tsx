import { useMemo } from 'react';
import { FlameGraph } from '../flame/flame-graph.tsx';
import { flameTree } from '../flame/flame-tree.ts';
import { useObservatory } from '../live/observatory.ts';
import { useCwd } from '../live/process.tsx';
import { EmptyState } from '../shared/empty-state.tsx';
import { formatBytes } from '../shared/format.ts';
import { useFrozen } from '../shared/hooks.ts';
import { Segmented } from '../shared/segmented.tsx';
import { useStore } from '../shared/store.ts';
import { useUrlChoice, useUrlParam } from '../shared/url-state.ts';
import {
  type AllocationRow,
  filterRows,
  joinTables,
  SORT_KEYS,
  sortRows,
} from './allocation-rows.ts';
import { AllocationTable } from './allocation-table.tsx';
import { useGentleRefresh } from './gentle-refresh.ts';
import { ReadNote } from './read-note.tsx';

const ORIGIN_CHOICES = ['all', 'own', 'dependency', 'runtime'] as const;
const MEASURES = ['live', 'cumulative'] as const;
const DIRECTIONS = ['icicle', 'flame'] as const;

export function MemorySection() {
  const { allocations, isPaused } = useObservatory();
  const isFrozen = useStore(isPaused);
  const state = useFrozen(useStore(allocations.state), isFrozen);
  useGentleRefresh(allocations, isFrozen);

  const [text, setText] = useUrlParam('find', '');
  const [origin, setOrigin] = useUrlChoice('origin', ORIGIN_CHOICES, 'all');
  const [sort, setSort] = useUrlChoice('sort', SORT_KEYS, 'live');

  const data = state.data?.pprof;
  const rows = useMemo(
    () => (data === undefined ? [] : joinTables(data, state.baseline?.pprof ?? null)),
    [data, state.baseline],
  );
  const shown = useMemo(
    () => sortRows(filterRows(rows, { text, origin }), sort),
    [rows, text, origin, sort],
  );

  if (data === undefined) {
    return state.error === null ? (
      <EmptyState title="Reading the heap">
        The first read may take a second: it collects garbage first, so that only what is live
        counts.
      </EmptyState>
    ) : (
      <EmptyState title="The heap could not be read">{state.error}</EmptyState>
    );
  }
  return (
    <>
      <ReadNote state={state} onRefresh={() => void allocations.refresh()} />
      {data.inuseAllocations === null && data.topAllocations === null ? (
        <EmptyState title="No allocation profile here">
          {data.unavailable.map((field) => field.reason).join(' ')}
        </EmptyState>
      ) : (
        <>
          <MemoryFlame rows={shown} hasCumulative={data.topAllocations !== null} highlight={text} />
          <div className="toolbar">
            <input
              type="search"
              placeholder="Find a function or file"
              aria-label="Find a function or file"
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
            <Segmented
              label="Whose code"
              options={[
                { value: 'all', label: 'All code' },
                { value: 'own', label: 'Own' },
                { value: 'dependency', label: 'Dependencies' },
                { value: 'runtime', label: 'Node.js' },
              ]}
              value={origin}
              onChange={setOrigin}
            />
            <p className="hint">
              {shown.length} of {rows.length} stacks
            </p>
          </div>
          <AllocationTable rows={shown} sort={sort} onSort={setSort} />
        </>
      )}
    </>
  );
}

interface MemoryFlameProps {
  rows: readonly AllocationRow[];
  hasCumulative: boolean;
  highlight: string;
}

function MemoryFlame({ rows, hasCumulative, highlight }: MemoryFlameProps) {
  const cwd = useCwd();
  const [chosen, setMeasure] = useUrlChoice('measure', MEASURES, 'live');
  const [direction, setDirection] = useUrlChoice('graph', DIRECTIONS, 'icicle');
  const measure = hasCumulative ? chosen : 'live';
  const root = useMemo(
    () =>
      flameTree(
        rows.map((row) => ({
          frames: row.frames,
          value: measure === 'live' ? row.liveBytes : (row.cumulativeBytes ?? 0),
        })),
      ),
    [rows, measure],
  );
  return (
    <section className="card" aria-label="Allocations by call path">
      <div className="toolbar">
        <Segmented
          label="Measure"
          options={[
            { value: 'live', label: 'Live' },
            ...(hasCumulative ? [{ value: 'cumulative' as const, label: 'Ever allocated' }] : []),
          ]}
          value={measure}
          onChange={setMeasure}
        />
        <Segmented
          label="Direction"
          options={[
            { value: 'icicle', label: 'Icicle' },
            { value: 'flame', label: 'Flame' },
          ]}
          value={direction}
          onChange={setDirection}
        />
        <p className="hint">Click a frame to zoom; Escape to leave.</p>
      </div>
      <FlameGraph
        root={root}
        direction={direction}
        format={formatBytes}
        rootLabel={
          measure === 'live'
            ? 'Live memory of these stacks'
            : 'Memory ever allocated by these stacks'
        }
        cwd={cwd}
        highlight={highlight}
      />
    </section>
  );
}
