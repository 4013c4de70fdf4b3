const BYTES_PER_STEP = 1024;

/** For example 1536 → `1.5 KiB`. */
export function bytesText(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const step = Math.min(
    units.length - 1,
    Math.max(0, Math.floor(Math.log(Math.max(1, Math.abs(bytes))) / Math.log(BYTES_PER_STEP))),
  );
  return `${(bytes / BYTES_PER_STEP ** step).toFixed(step === 0 ? 0 : 1)} ${units[step]}`;
}
