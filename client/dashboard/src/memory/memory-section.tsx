import { useMemo } from 'react';
import type { Answered } from '../../../core/query/answered.ts';
import type { AllocationsQuery } from '../../generated/graphql.ts';
import { useObservatory } from '../live/observatory.ts';
import { EmptyState } from '../shared/empty-state.tsx';
import { SearchBox } from '../shared/search-box.tsx';
import { Segmented } from '../shared/segmented.tsx';
import { useFrozen } from '../state/hooks.ts';
import { useStore } from '../state/store.ts';
import { useUrlChoice, useUrlParam } from '../state/url-state.ts';
import {
  filterRows,
  joinTables,
  SORT_KEYS,
  SORT_NAMES,
  type SortKey,
  sortRows,
} from './allocation-rows.ts';
import { AllocationTable } from './allocation-table.tsx';
import { useGentleRefresh } from './gentle-refresh.ts';
import { MemoryFlame } from './memory-flame.tsx';
import { ReadNote } from './read-note.tsx';
import { reasonsOf } from './unavailable.ts';

export function MemorySection() {
  const { allocations, isPaused } = useObservatory();
  const isFrozen = useStore(isPaused);
  const state = useFrozen(useStore(allocations.state), isFrozen);
  useGentleRefresh(allocations, isFrozen);

  if (state.data === null) {
    return state.error === null ? (
      <EmptyState title="Reading the heap">
        The first read may take a second: it collects garbage first, so that only what is live
        counts.
      </EmptyState>
    ) : (
      <EmptyState title="The heap could not be read">{state.error}</EmptyState>
    );
  }
  const { pprof } = state.data;
  if (pprof.inuseAllocations === null && pprof.topAllocations === null) {
    return (
      <EmptyState title="No allocation profile here">
        {reasonsOf(pprof.unavailable).map(({ reason }) => (
          <p key={reason}>{reason}</p>
        ))}
      </EmptyState>
    );
  }
  return (
    <>
      <ReadNote state={state} onRefresh={() => void allocations.refresh()} />
      <FilteredAllocations tables={pprof} baseline={state.baseline?.pprof ?? null} />
    </>
  );
}

const ORIGIN_CHOICES = ['all', 'own', 'dependency', 'runtime'] as const;

interface FilteredAllocationsProps {
  tables: Answered<AllocationsQuery>['pprof'];
  /** The first read of the same process; null for none. */
  baseline: Answered<AllocationsQuery>['pprof'] | null;
}

function FilteredAllocations({ tables, baseline }: FilteredAllocationsProps) {
  const [text, setText] = useUrlParam('memory.find', '');
  const [origin, setOrigin] = useUrlChoice('memory.origin', ORIGIN_CHOICES, 'all');
  const [sort, setSort] = useUrlChoice('memory.sort', SORT_KEYS, 'live');
  const rows = useMemo(() => joinTables(tables, baseline), [tables, baseline]);
  const shown = useMemo(
    () => sortRows(filterRows(rows, { text, origin }), sort),
    [rows, text, origin, sort],
  );
  return (
    <>
      <MemoryFlame rows={shown} hasCumulative={tables.topAllocations !== null} highlight={text} />
      <div className="toolbar">
        <SearchBox label="Find a function or file" value={text} onChange={setText} />
        <Segmented
          label="Whose code"
          options={[
            { value: 'all', label: 'All code' },
            { value: 'own', label: 'Own' },
            { value: 'dependency', label: 'Dependencies' },
            { value: 'runtime', label: 'Runtime' },
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
  );
}
