/** What changed between two moments, whatever is counted: the part that all diffs share. */
import { largest } from '../largest.ts';

/** `NEW`: nothing at the base. `GONE`: nothing at the later moment. */
export type Change = 'NEW' | 'GREW' | 'SHRANK' | 'GONE';

export interface Changed {
  change: Change;
}

export interface ChangeTables<Row extends Changed> {
  /** New and grown rows, most growth first. */
  grown: Row[];
  /** Shrunk and gone rows, most loss first. */
  shrunk: Row[];
  /** Rows of each kind, before cutting. */
  rowCounts: Record<Change, number>;
}

/**
 * How an amount changed; null where it did not. Of several amounts (bytes, then objects) the first
 * that differs decides.
 *
 * @example `changeOf([10, 1], [10, 2])` is `'GREW'`, `changeOf([0, 0], [8, 1])` is `'NEW'`
 */
export function changeOf(base: readonly number[], to: readonly number[]): Change | null {
  const differing = base.findIndex((amount, at) => amount !== to[at]);
  if (differing < 0) return null;
  if (base.every((amount) => amount === 0)) return 'NEW';
  if (to.every((amount) => amount === 0)) return 'GONE';
  return to[differing]! > base[differing]! ? 'GREW' : 'SHRANK';
}

/**
 * Parts what grew from what shrank, orders both, and cuts each to `limit` rows.
 * @param byGrowth orders rows by growth, most first; never 0 for two different rows
 */
export function changeTables<Row extends Changed>(
  rows: readonly Row[],
  limit: number,
  byGrowth: (a: Row, b: Row) => number,
): ChangeTables<Row> {
  const rowCounts = { NEW: 0, GREW: 0, SHRANK: 0, GONE: 0 };
  for (const { change } of rows) rowCounts[change] += 1;
  const isGrown = ({ change }: Row) => change === 'NEW' || change === 'GREW';
  return {
    grown: largest(rows.filter(isGrown), limit, byGrowth),
    shrunk: largest(
      rows.filter((row) => !isGrown(row)),
      limit,
      (a, b) => byGrowth(b, a),
    ),
    rowCounts,
  };
}
