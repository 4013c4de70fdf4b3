/** Rows of allocation tables. */
import {
  ALLOCATION_FIGURES,
  type AllocationFigures,
  type AllocationRow,
} from '../allocations/allocations.ts';

const NOTHING_KNOWN = Object.fromEntries(
  Object.entries(ALLOCATION_FIGURES).map(([name, told]) => [name, told === 'known' ? 0 : null]),
) as unknown as AllocationFigures;

/** A row of which no more is known than what is given. */
export function allocationRow(
  given: Pick<AllocationRow, 'frames'> & Partial<AllocationFigures>,
): AllocationRow {
  return { ...NOTHING_KNOWN, ...given };
}
