import type { HistoryPoint } from '../../client/index.ts';

const BYTES_PER_MIB = 1024 * 1024;

const mebibytes = (bytes: number) => `${(bytes / BYTES_PER_MIB).toFixed(0)} MiB`;
const millis = (ms: number | null) => (ms === null ? 'unknown' : `${ms.toFixed(1)} ms`);

/**
 * `cpu 12 % · heap 64 MiB · rss 120 MiB · loop p99 2.1 ms · 42 tasks · 3 potentially stuck`
 * @param potentiallyStuck null where it could not be asked
 */
export function summarise(point: HistoryPoint, potentiallyStuck: number | null): string {
  const parts = [
    `cpu ${point.cpuPercent.toFixed(0)} %`,
    `heap ${mebibytes(point.alloc)}`,
    `rss ${mebibytes(point.rss)}`,
    `loop p99 ${millis(point.eventLoopDelayP99Ms)}`,
    `${point.goroutines} tasks`,
    `${potentiallyStuck ?? 'unknown'} potentially stuck`,
  ];
  if (!point.responding) parts.unshift('NOT RESPONDING');
  if (point.droppedBefore > 0) parts.push(`${point.droppedBefore} points missed`);
  return parts.join(' · ');
}
