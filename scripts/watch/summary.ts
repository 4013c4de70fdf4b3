import { bytesText } from '../../api/base/text/bytes.ts';
import type { Health, HistoryPoint } from '../../client/index.ts';

/** What the line says of a point. */
type SummedUp = Pick<
  HistoryPoint,
  | 'usagePercent'
  | 'alloc'
  | 'sys'
  | 'eventLoopDelayP99Ms'
  | 'goroutines'
  | 'responding'
  | 'droppedBefore'
>;

const known = (value: number | null, text: (value: number) => string) =>
  value === null ? 'unknown' : text(value);

/**
 * `cpu 12 % · heap 64.0 MB · rss 120 MB · loop p99 2.1 ms · 42 tasks · Healthy.`; what is wrong comes first.
 * @param health null before it is known
 */
export function summarize(
  point: SummedUp,
  health: Pick<Health, 'status' | 'sentence'> | null,
): string {
  const parts = [
    `cpu ${known(point.usagePercent, (percent) => `${percent.toFixed(0)} %`)}`,
    `heap ${known(point.alloc, bytesText)}`,
    `rss ${known(point.sys, bytesText)}`,
    `loop p99 ${known(point.eventLoopDelayP99Ms, (ms) => `${ms.toFixed(1)} ms`)}`,
    `${point.goroutines ?? 'unknown'} tasks`,
  ];
  if (health?.status === 'HEALTHY') parts.push(health.sentence);
  else if (health !== null) parts.unshift(health.sentence);
  if (!point.responding) parts.unshift('NOT RESPONDING');
  if (point.droppedBefore > 0) parts.push(`${point.droppedBefore} points missed`);
  return parts.join(' · ');
}
