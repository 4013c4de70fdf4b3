import { DiagnosticsError } from '../../base/errors.ts';

/** The most rows that an answer has. */
export const MOST_ROWS = 1_000;

/** @throws DiagnosticsError `INVALID_INPUT` for a number of rows that cannot be asked for */
export function checkRowLimit(limit: number): void {
  if (Number.isInteger(limit) && limit >= 1 && limit <= MOST_ROWS) return;
  throw new DiagnosticsError('INVALID_INPUT', `limit is ${limit}, allowed is 1 to ${MOST_ROWS}`);
}
