import { useMemo, useState } from 'react';
import type { CpuFunctionFragment } from '../../../generated/graphql.ts';
import { EmptyState } from '../../shared/empty-state.tsx';
import { formatDuration } from '../../shared/format.ts';
import { SearchBox } from '../../shared/search-box.tsx';
import { type SortableColumn, SortableHeads } from '../../shared/sortable-heads.tsx';
import { useUrlChoice } from '../../state/url-state.ts';
import { FunctionPlace } from './function-place.tsx';
import { functionId, functionRows, SORT_KEYS, type SortKey } from './function-rows.ts';
import { HideOwn, useHidesOwn } from './hide-own.tsx';
import { TimeCell } from './time-cell.tsx';

/** Rows shown at first; the rest took next to nothing. */
const FIRST_ROWS = 50;

const COLUMNS: readonly SortableColumn<SortKey>[] = [
  { key: 'self', label: 'Self', title: 'Time in which it ran itself' },
  {
    key: 'cpu',
    label: 'Self on CPU',
    title: 'CPU time of it: far less than self means that it waited',
  },
  { key: 'total', label: 'Total', title: 'Time in which it or anything it called ran' },
];

interface FunctionTableProps {
  functions: readonly CpuFunctionFragment[];
  text: string;
  onFind: (text: string) => void;
}

/** Where the time went, by function. */
export function FunctionTable({ functions, text, onFind }: FunctionTableProps) {
  const [sort, setSort] = useUrlChoice('cpu.sort', SORT_KEYS, 'self');
  const [areAllShown, setAllShown] = useState(false);
  const [hidesOwn] = useHidesOwn();
  const rows = useMemo(
    () => functionRows(functions, text, sort).filter((row) => !hidesOwn || !row.isPprofql),
    [functions, text, sort, hidesOwn],
  );
  const shown = areAllShown ? rows : rows.slice(0, FIRST_ROWS);
  return (
    <>
      <div className="toolbar">
        <SearchBox label="Find a function or file" value={text} onChange={onFind} />
        <label className="select">
          <span>Order</span>
          <select value={sort} onChange={(event) => setSort(event.target.value as SortKey)}>
            {COLUMNS.map(({ key, label }) => (
              <option key={key} value={key}>
                {label}
              </option>
            ))}
          </select>
        </label>
        {functions.some((row) => row.isPprofql) && <HideOwn />}
        <p className="hint">
          {shown.length} of {functions.length} functions
        </p>
        {shown.length < rows.length && (
          <button type="button" onClick={() => setAllShown(true)}>
            Show all
          </button>
        )}
      </div>
      {rows.length === 0 ? (
        <EmptyState title={functions.length === 0 ? 'The process was idle' : 'No function matches'}>
          {functions.length === 0
            ? 'No sample found its main thread at work.'
            : 'Clear the filter to see all of them.'}
        </EmptyState>
      ) : (
        <FunctionRows rows={shown} sort={sort} onSort={setSort} />
      )}
    </>
  );
}

interface FunctionRowsProps {
  rows: readonly CpuFunctionFragment[];
  sort: SortKey;
  onSort: (key: SortKey) => void;
}

function FunctionRows({ rows, sort, onSort }: FunctionRowsProps) {
  return (
    <div className="card table-card">
      <table className="table">
        <caption className="sr-only">CPU time by function</caption>
        <thead>
          <tr>
            <th scope="col">Function</th>
            <SortableHeads columns={COLUMNS} sort={sort} onSort={onSort} />
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={functionId(row)}>
              <th scope="row" className="cpu-function">
                <FunctionPlace row={row} />
              </th>
              <TimeCell label="Self" ms={row.selfMs} percent={row.selfPercent} />
              <td className="num" data-label="Self on CPU">
                {row.selfCpuMs === null ? '–' : formatDuration(row.selfCpuMs)}
              </td>
              <TimeCell label="Total" ms={row.totalMs} percent={row.totalPercent} />
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
