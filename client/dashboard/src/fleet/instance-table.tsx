import {
  formatAge,
  formatBytes,
  formatCount,
  formatDuration,
  formatPercent,
  known,
} from '../shared/format.ts';
import { type SortableColumn, SortableHeads } from '../shared/sortable-heads.tsx';
import { PageLink } from '../shell/page-link.tsx';
import { useNow } from '../state/hooks.ts';
import type { InstanceFigures, InstanceRow, Order } from './instance-rows.ts';
import { Sparkline } from './sparkline.tsx';

const COLUMNS: readonly SortableColumn<Order>[] = [
  { key: 'cpu', label: 'CPU', title: 'Over the last interval, in percent of one core' },
  {
    key: 'delay',
    label: 'Loop delay',
    title: 'The longest in the last interval, or for how long the loop has stood',
  },
  { key: 'heap', label: 'Heap', title: 'Live and not yet collected objects' },
  { key: 'memory', label: 'Memory', title: 'Resident memory of the process' },
  { key: 'tasks', label: 'Tasks', title: 'Live async tasks' },
  { key: 'requests', label: 'In flight', title: 'Requests that are being served' },
];
const LABELS = Object.fromEntries(COLUMNS.map(({ key, label }) => [key, label]));
const FORMATS: Record<keyof InstanceFigures, (value: number) => string> = {
  cpu: formatPercent,
  delay: formatDuration,
  heap: formatBytes,
  memory: formatBytes,
  tasks: formatCount,
  requests: formatCount,
};
const FULL_CORE_PERCENT = 100;
const RENEWED_MS = 10_000;

interface InstanceTableProps {
  rows: readonly InstanceRow[];
  order: Order;
  onOrder: (order: Order) => void;
  /** Whether there are several services, which are to be told apart. */
  hasServices: boolean;
}

/** One line each, that leads to all that there is of the instance. */
export function InstanceTable({ rows, order, onOrder, hasServices }: InstanceTableProps) {
  const nowMs = useNow(RENEWED_MS);
  return (
    <section className="card table-card" aria-label="Instances">
      <table className="table instance-table">
        <caption className="sr-only">Instances</caption>
        <thead>
          <tr>
            <th scope="col" aria-sort={order === 'health' ? 'descending' : undefined}>
              <button type="button" title="The worst first" onClick={() => onOrder('health')}>
                Instance
              </button>
            </th>
            <SortableHeads columns={COLUMNS} sort={order} onSort={onOrder} />
            <th scope="col" className="num">
              Up
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.name} className={row.isGone ? 'instance-gone' : undefined}>
              <th scope="row">
                <PageLink params={{ target: row.name }} className={`instance ${toneOf(row)}`}>
                  <i className="health-mark" aria-hidden="true" />
                  <span className="instance-title">{row.title}</span>
                  {hasServices && <span className="muted">{row.service}</span>}
                  {(row.isGone || (row.health !== null && row.health !== 'HEALTHY')) && (
                    <span className="instance-sentence">{row.sentence}</span>
                  )}
                </PageLink>
              </th>
              {COLUMNS.map(({ key }) => (
                <Figure key={key} row={row} figure={key as keyof InstanceFigures} />
              ))}
              <td className="num" data-label="Up">
                {row.isGone ? 'gone' : formatAge(nowMs - row.startedAtMs)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Figure({ row, figure }: { row: InstanceRow; figure: keyof InstanceFigures }) {
  return (
    <td className="num" data-label={LABELS[figure]}>
      {figure === 'cpu' && <Sparkline values={row.cpuPercents} leastTop={FULL_CORE_PERCENT} />}
      {figure === 'heap' && <Sparkline values={row.heapBytes} leastTop={1} />}
      <span>{row.isGone ? '–' : known(row.figures[figure], FORMATS[figure])}</span>
    </td>
  );
}

function toneOf({ health, isGone }: InstanceRow): string {
  if (isGone) return 'health-unknown';
  if (health === 'CRITICAL') return 'health-critical';
  return health === 'WARNING' ? 'health-warning' : 'health-fine';
}
