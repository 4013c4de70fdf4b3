import { useMemo } from 'react';
import { SearchBox } from '../shared/search-box.tsx';
import { Segmented } from '../shared/segmented.tsx';
import { useUrlChoice, useUrlParam } from '../state/url-state.ts';
import {
  filterRows,
  joinTables,
  SORT_KEYS,
  SORT_NAMES,
  type SortKey,
  sortRows,
  type Tables,
} from './allocation-rows.ts';
import { AllocationTable } from './allocation-table.tsx';
import { MemoryFlame } from './memory-flame.tsx';

const ORIGIN_CHOICES = ['all', 'own', 'dependency', 'runtime'] as const;

interface FilteredAllocationsProps {
  tables: Tables;
  /** The first read of the same process; null for none. */
  baseline: Tables | null;
}

/** Stacks as a flame graph and as a table, with what narrows both. */
export function FilteredAllocations({ tables, baseline }: FilteredAllocationsProps) {
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
