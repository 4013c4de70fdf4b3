import { useMemo } from 'react';
import { FlameGraph } from '../flame/flame-graph.tsx';
import { flameTree } from '../flame/flame-tree.ts';
import { foldRuntime } from '../flame/fold-frames.ts';
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
  SORT_NAMES,
  type SortKey,
  sortRows,
} from './allocation-rows.ts';
import { AllocationTable } from './allocation-table.tsx';
import { useGentleRefresh } from './gentle-refresh.ts';
import { ReadNote } from './read-note.tsx';

const ORIGIN_CHOICES = ['all', 'own', 'dependency', 'runtime'] as const;
const MEASURES = ['live', 'cumulative'] as const;
const DIRECTIONS = ['icicle', 'flame'] as const;
const NODE_FRAMES = ['folded', 'all'] as const;

export function MemorySection() {
  const { allocations, isPaused } = useObservatory();
  const isFrozen = useStore(isPaused);
  const state = useFrozen(useStore(allocations.state), isFrozen);
  useGentleRefresh(allocations, isFrozen);

  const [text, setText] = useUrlParam('memory.find', '');
  const [origin, setOrigin] = useUrlChoice('memory.origin', ORIGIN_CHOICES, 'all');
  const [sort, setSort] = useUrlChoice('memory.sort', SORT_KEYS, 'live');

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
            <label className="select">
              <span>Order</span>
              <select value={sort} onChange={(event) => setSort(event.target.value as SortKey)}>
                {SORT_KEYS.map((key) => (
                  <option key={key} value={key}>
                    {SORT_NAMES[key]}
                  </option>
                ))}
              </select>
            </label>
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
  const [chosen, setMeasure] = useUrlChoice('memory.measure', MEASURES, 'live');
  const [direction, setDirection] = useUrlChoice('memory.graph', DIRECTIONS, 'icicle');
  const [nodeFrames, setNodeFrames] = useUrlChoice('memory.node', NODE_FRAMES, 'folded');
  const measure = hasCumulative ? chosen : 'live';
  const root = useMemo(
    () =>
      flameTree(
        rows.map((row) => ({
          frames: nodeFrames === 'folded' ? foldRuntime(row.frames) : row.frames,
          value: measure === 'live' ? row.liveBytes : (row.cumulativeBytes ?? 0),
        })),
      ),
    [rows, measure, nodeFrames],
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
        <button
          type="button"
          aria-pressed={nodeFrames === 'all'}
          onClick={() => setNodeFrames(nodeFrames === 'all' ? 'folded' : 'all')}
        >
          All Node.js frames
        </button>
        <p className="hint">Click a frame to zoom in, the top one to come back.</p>
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
