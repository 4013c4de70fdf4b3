/** The functions of a CPU profile as the rows of a table. Pure. */
import type { CpuFunctionFragment } from '../../../generated/graphql.ts';
import { stackMatches } from '../../frames/frames.ts';

export const SORT_KEYS = ['self', 'cpu', 'total'] as const;
export type SortKey = (typeof SORT_KEYS)[number];

const VALUES: Record<SortKey, (row: CpuFunctionFragment) => number> = {
  self: (row) => row.selfMs,
  cpu: (row) => row.selfCpuMs ?? 0,
  total: (row) => row.totalMs,
};

/** Those whose name or place contains the text, most time of this kind first. */
export function functionRows(
  functions: readonly CpuFunctionFragment[],
  text: string,
  sort: SortKey,
): CpuFunctionFragment[] {
  const timeOf = VALUES[sort];
  return functions
    .filter((row) => text === '' || stackMatches([row], text))
    .sort((a, b) => timeOf(b) - timeOf(a));
}

/** Tells functions of one name and line apart. */
export function functionId(row: CpuFunctionFragment): string {
  return `${row.function} ${row.file}:${row.line}:${row.column ?? 0}`;
}
