/** Bytes in words, with decimal units: for the API, the SDK and the page. */

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;
const BYTES_PER_STEP = 1_000;
/** What rounds to a full step is one. */
const STEP_FROM = 999.5;

/** Three digits that count. For example 1_536 → `1.54 kB`, 44_000_000 → `44.0 MB`. */
export function bytesText(bytes: number): string {
  let size = Math.abs(bytes);
  let unit = 0;
  while (size >= STEP_FROM && unit < UNITS.length - 1) {
    size /= BYTES_PER_STEP;
    unit += 1;
  }
  const digits = unit === 0 || size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2;
  return `${bytes < 0 ? '-' : ''}${size.toFixed(digits)} ${UNITS[unit]}`;
}
