/** For how long a profile may last. */
import { DiagnosticsError } from '../../base/errors.ts';

const LEAST_SECONDS = 0.1;

/**
 * @param option that sets the most, where one does
 * @throws DiagnosticsError `INVALID_INPUT`
 */
export function checkSeconds(seconds: number, most: number, option?: string): void {
  if (seconds >= LEAST_SECONDS && seconds <= most) return;
  const where = option === undefined ? '' : ` (option ${option})`;
  throw new DiagnosticsError(
    'INVALID_INPUT',
    `seconds is ${seconds}, allowed is a number from ${LEAST_SECONDS} to ${most}${where}`,
  );
}
