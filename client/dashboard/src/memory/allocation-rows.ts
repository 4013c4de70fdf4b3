/** The live and the cumulative table joined by stack: one row a stack. Pure. */
import type { Answered } from '../../../core/query/answered.ts';
import type { AllocationRowFragment, AllocationsQuery } from '../../generated/graphql.ts';
import {
  type Frame,
  type Origin,
  originOf,
  responsibleFrame,
  stackMatches,
} from '../frames/frames.ts';
import { tellApart } from '../frames/tell-apart.ts';

export interface JoinedRow {
  id: string;
  frames: readonly Frame[];
  /** The frame a reader can do something about. */
  place: Frame;
  origin: Origin;
  /** The function that allocated, where it is not `place` itself. */
  allocator: string | null;
  /** The function that tells it from a row that looks the same; null where none does. */
  apart: string | null;
  liveBytes: number;
  /** Null where the sampler tells bytes alone. */
  liveCount: number | null;
  /** How far `liveBytes` may be off; null where unknown, as are `samples`. */
  liveMarginBytes: number | null;
  liveSamples: number | null;
  /** Null where this runtime does not count what was freed. */
  cumulativeBytes: number | null;
  cumulativeCount: number | null;
  cumulativeMarginBytes: number | null;
  cumulativeSamples: number | null;
  /** Live as a share of cumulative, 0 to 1. */
  retention: number | null;
  /** Live bytes more than in the baseline; null where the baseline's table did not show the stack. */
  grownBytes: number | null;
}

export type Tables = Pick<
  Answered<AllocationsQuery>['pprof'],
  'inuseAllocations' | 'topAllocations'
>;

const UNKNOWN_FRAME: Frame = {
  function: '(unknown)',
  file: '',
  path: '',
  line: null,
  origin: 'RUNTIME',
};

/** @param baseline an earlier read of the same process to measure growth from; null for none */
export function joinTables(tables: Tables, baseline: Tables | null): JoinedRow[] {
  const before = baseline === null ? null : byStack(baseline);
  const rows = [...byStack(tables).values()].map((info) => {
    const place = responsibleFrame(info.frames) ?? UNKNOWN_FRAME;
    const known = before?.get(info.stackId);
    return {
      id: info.stackId,
      frames: info.frames,
      place,
      origin: originOf(place),
      allocator: info.frames[0] === place ? null : info.function,
      liveBytes: info.liveBytes,
      liveCount: info.liveCount,
      liveMarginBytes: info.liveMarginBytes,
      liveSamples: info.liveSamples,
      cumulativeBytes: info.cumulativeBytes,
      cumulativeCount: info.cumulativeCount,
      cumulativeMarginBytes: info.cumulativeMarginBytes,
      cumulativeSamples: info.cumulativeSamples,
      retention: info.retention,
      grownBytes: known === undefined ? null : info.liveBytes - known.liveBytes,
    };
  });
  const apart = tellApart(rows, lookOf);
  return rows.map((row) => ({ ...row, apart: apart.get(row.id) ?? null }));
}

function lookOf({ place, allocator }: Pick<JoinedRow, 'place' | 'allocator'>): string {
  return [place.function, place.file, place.line, allocator].join('\n');
}

function byStack({ inuseAllocations, topAllocations }: Tables): Map<string, AllocationRowFragment> {
  const all = [...(inuseAllocations ?? []), ...(topAllocations ?? [])];
  return new Map(all.map((info) => [info.stackId, info]));
}

export const SORT_KEYS = ['live', 'cumulative', 'retention', 'growth', 'objects'] as const;
export type SortKey = (typeof SORT_KEYS)[number];

export const SORT_NAMES: Record<SortKey, string> = {
  live: 'most live bytes',
  growth: 'most growth',
  cumulative: 'most ever allocated',
  retention: 'most retained',
  objects: 'most objects',
};

const SORT_VALUES: Record<SortKey, (row: JoinedRow) => number | null> = {
  live: (row) => row.liveBytes,
  objects: (row) => row.liveCount,
  cumulative: (row) => row.cumulativeBytes,
  retention: (row) => row.retention,
  growth: (row) => row.grownBytes,
};

/**
 * Largest first; rows without the figure last; ties by what was ever allocated, then by id, so that
 * rows never jump about.
 */
export function sortRows(rows: readonly JoinedRow[], key: SortKey): JoinedRow[] {
  const value = SORT_VALUES[key];
  const rank = (row: JoinedRow) => value(row) ?? Number.NEGATIVE_INFINITY;
  return rows.toSorted(
    (a, b) =>
      compare(rank(b), rank(a)) ||
      compare(b.cumulativeBytes ?? 0, a.cumulativeBytes ?? 0) ||
      compare(a.id, b.id),
  );
}

function compare<T extends number | string>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export interface RowFilter {
  /** Must occur in a function name or file of the stack; empty for all. */
  text: string;
  /** `all`, or whose code the place is. */
  origin: Origin | 'all';
}

export function filterRows(rows: readonly JoinedRow[], filter: RowFilter): JoinedRow[] {
  return rows.filter(
    (row) =>
      (filter.origin === 'all' || row.origin === filter.origin) &&
      (filter.text === '' || stackMatches(row.frames, filter.text)),
  );
}
