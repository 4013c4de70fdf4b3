/** How long to wait before the next attempt. */
export interface BackoffOptions {
  /** Wait after the first failure. @default 250 */
  minDelayMs?: number;
  /** The wait doubles with each failure in a row, up to this. @default 5_000 */
  maxDelayMs?: number;
}

const DEFAULTS: Required<BackoffOptions> = { minDelayMs: 250, maxDelayMs: 5_000 };

/**
 * @param failures attempts that failed in a row, from 1
 * @returns between half and all of `minDelayMs × 2^(failures - 1)`, capped: the random half keeps
 * many clients of one restarted server apart
 */
export function backoffMs(failures: number, options: BackoffOptions = {}): number {
  const { minDelayMs, maxDelayMs } = { ...DEFAULTS, ...options };
  const delayMs = Math.min(maxDelayMs, minDelayMs * 2 ** (failures - 1));
  return delayMs * (0.5 + Math.random() / 2);
}
