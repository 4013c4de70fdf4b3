/** Which stack a row is of whose id is not that of its stack, as in a diff: the last ones are known. */
import type { HolderSearches } from './types.ts';

/** Those of some diffs. */
const NOTED_ROWS = 4_000;

export function createNotedRows(): Pick<HolderSearches, 'noteRows' | 'stackOfRow'> {
  const stackOfRow = new Map<string, string>();
  return {
    noteRows(rows) {
      for (const { id, stackId } of rows) stackOfRow.set(id, stackId);
      for (const id of stackOfRow.keys()) {
        if (stackOfRow.size <= NOTED_ROWS) break;
        stackOfRow.delete(id);
      }
    },
    stackOfRow: (id) => stackOfRow.get(id) ?? null,
  };
}
