/** How much of a list may be asked for. */
import { DiagnosticsError } from '../../base/errors.ts';

/** The most rows that a table tells. */
export const MOST_ROWS = 1_000;

/** @throws DiagnosticsError `INVALID_INPUT` for a limit that cannot be asked for */
export function checkLimit(limit: number, most: number = MOST_ROWS): void {
  if (Number.isInteger(limit) && limit >= 1 && limit <= most) return;
  throw new DiagnosticsError(
    'INVALID_INPUT',
    `limit is ${limit}, allowed is a whole number from 1 to ${most}`,
  );
}
