import type { Point } from '../live/series.ts';
import { formatAge } from '../shared/format.ts';
import type { Finding } from './health.ts';

/** The observed thread does not answer at the moment. */
export function blockedFindings(points: readonly Point[], nowMs: number): Finding[] {
  const latest = points.at(-1);
  if (latest === undefined || latest.responding) return [];
  const lastAnswer = points.findLast((point) => point.responding) ?? points[0];
  const silentMs = nowMs - (lastAnswer ?? latest).timeMs;
  return [
    {
      severity: 'critical',
      sentence: `Not answering for ${formatAge(silentMs)}: the main thread is blocked`,
      evidence: { view: 'overview', 'overview.chart': 'delay' },
    },
  ];
}
