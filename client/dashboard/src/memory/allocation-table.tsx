import { Fragment, useState } from 'react';
import { FrameList } from '../frames/frame-list.tsx';
import { FramePlace } from '../frames/frame-place.tsx';
import { ORIGIN_NAMES } from '../frames/frames.ts';
import { HoldersPanel } from '../holders/holders-panel.tsx';
import { EmptyState } from '../shared/empty-state.tsx';
import {
  formatBytes,
  formatChange,
  formatCount,
  formatRoughBytes,
  formatShare,
  isRough,
  plural,
} from '../shared/format.ts';
import { type SortableColumn, SortableHeads } from '../shared/sortable-heads.tsx';
import type { JoinedRow, SortKey } from './allocation-rows.ts';

interface AllocationTableProps {
  rows: readonly JoinedRow[];
  sort: SortKey;
  onSort: (key: SortKey) => void;
}

const COLUMNS: readonly SortableColumn<SortKey>[] = [
  { key: 'live', label: 'Live', title: 'Bytes allocated here that are still in use' },
  { key: 'objects', label: 'Objects', title: 'Objects allocated here that are still in use' },
  {
    key: 'growth',
    label: 'Growth',
    title: 'Change of live bytes since this page first read the heap',
  },
  {
    key: 'cumulative',
    label: 'Ever allocated',
    title: 'Bytes ever allocated here, freed ones included',
  },
  {
    key: 'retention',
    label: 'Retained',
    title: 'Live as a share of ever allocated: near 0 a hot path, near 1 a cache or a leak',
  },
];

export function AllocationTable({ rows, sort, onSort }: AllocationTableProps) {
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const largestLive = Math.max(1, ...rows.map((row) => row.liveBytes));
  const largestEver = Math.max(1, ...rows.map((row) => row.cumulativeBytes ?? 0));
  if (rows.length === 0) {
    return <EmptyState title="No stack matches">Clear the filter to see all of them.</EmptyState>;
  }
  const toggle = (id: string) =>
    setOpen((ids) => {
      const next = new Set(ids);
      if (!next.delete(id)) next.add(id);
      return next;
    });
  return (
    <div className="card table-card">
      <table className="table">
        <caption className="sr-only">Memory by call stack</caption>
        <thead>
          <tr>
            <th scope="col">Allocated by</th>
            <SortableHeads columns={COLUMNS} sort={sort} onSort={onSort} />
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Fragment key={row.id}>
              <tr className={open.has(row.id) ? 'is-open' : undefined}>
                <th scope="row">
                  <PlaceCell row={row} isOpen={open.has(row.id)} onToggle={toggle} />
                </th>
                <td className="num" data-label="Live">
                  <Bar share={row.liveBytes / largestLive} />
                  <Estimate
                    bytes={row.liveBytes}
                    marginBytes={row.liveMarginBytes}
                    samples={row.liveSamples}
                  />
                </td>
                <td className="num" data-label="Objects">
                  <Amount value={row.liveCount} format={formatCount} />
                </td>
                <td className="num" data-label="Growth">
                  <Growth bytes={row.grownBytes} />
                </td>
                <td className="num" data-label="Ever allocated">
                  {row.cumulativeBytes !== null && (
                    <Bar share={row.cumulativeBytes / largestEver} />
                  )}
                  <Estimate
                    bytes={row.cumulativeBytes}
                    marginBytes={row.cumulativeMarginBytes}
                    samples={row.cumulativeSamples}
                  />
                </td>
                <td className="num" data-label="Retained">
                  <Amount value={row.retention} format={formatShare} />
                </td>
              </tr>
              {open.has(row.id) && (
                <tr className="detail">
                  <td colSpan={COLUMNS.length + 1}>
                    <FrameList frames={row.frames} />
                    {row.liveBytes > 0 && <HoldersPanel allocation={row.id} />}
                  </td>
                </tr>
              )}
            </Fragment>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface PlaceCellProps {
  row: JoinedRow;
  isOpen: boolean;
  onToggle: (id: string) => void;
}

function PlaceCell({ row, isOpen, onToggle }: PlaceCellProps) {
  const { place } = row;
  return (
    <button
      type="button"
      className="disclosure"
      aria-expanded={isOpen}
      onClick={() => onToggle(row.id)}
    >
      <span className="place">
        <span className={`dot dot-${row.origin}`} title={ORIGIN_NAMES[row.origin]} />
        <span className="place-function">{place.function}</span>
        <FramePlace frame={place} />
        {row.allocator !== null && <span className="place-via">through {row.allocator}</span>}
        {row.apart !== null && <span className="place-via">via {row.apart}</span>}
      </span>
    </button>
  );
}

/** How large a value is beside the largest of its column. */
function Bar({ share }: { share: number }) {
  return <i className="bar" style={{ width: `${share * 100}%` }} aria-hidden="true" />;
}

/** Nothing and zero step back, so that the figures that matter stand out. */
function Amount({ value, format }: { value: number | null; format: (value: number) => string }) {
  if (value === null || value === 0) return <span className="muted">{value ?? '–'}</span>;
  return format(value);
}

interface EstimateProps {
  bytes: number | null;
  marginBytes: number | null;
  samples: number | null;
}

/** A figure of few samples does not look as if it were known. */
function Estimate({ bytes, marginBytes, samples }: EstimateProps) {
  if (bytes === null || bytes === 0 || marginBytes === null || !isRough(bytes, marginBytes)) {
    return <Amount value={bytes} format={formatBytes} />;
  }
  const title = `Estimated from ${plural(samples ?? 0, 'sample')}: in 95 of 100 cases the true value is at most ${formatBytes(marginBytes)} away`;
  return (
    <span title={title}>
      {formatRoughBytes(bytes, marginBytes)}{' '}
      <small className="muted">±{formatBytes(marginBytes)}</small>
    </span>
  );
}

function Growth({ bytes }: { bytes: number | null }) {
  if (bytes === null)
    return <span title="Not among the largest stacks at the first read">new</span>;
  const tone = bytes > 0 ? 'growth-up' : bytes < 0 ? 'growth-down' : 'muted';
  return <span className={tone}>{formatChange(bytes, formatBytes)}</span>;
}
