import type { TargetKind } from '../../generated/graphql.ts';
import { taskNoun } from '../live/kind.ts';
import type { Point } from '../live/series.ts';
import { formatChange, formatCount, formatDuration } from '../shared/format.ts';
import type { Finding } from './finding.ts';
import { floorGrowth } from './floor-growth.ts';

const GROWN_TASKS = 100;
const GROWN_SHARE = 0.5;

/** Ever more tasks, even where no single one of them is known to be stuck: a leak of background work. */
export function taskGrowthFindings(points: readonly Point[], kind: TargetKind | null): Finding[] {
  const counted = points.filter(({ goroutines }) => goroutines !== null);
  const growth = floorGrowth(counted, (point) => point.goroutines ?? 0);
  if (growth === null) return [];
  const { before, grown, lastedMs } = growth;
  if (grown < GROWN_TASKS || grown < before * GROWN_SHARE) return [];
  return [
    {
      severity: 'warning',
      sentence: `Ever more ${taskNoun(kind)}s: ${formatChange(grown, formatCount)} in ${formatDuration(lastedMs)}`,
      evidence: { view: 'tasks', 'tasks.order': 'growth' },
    },
  ];
}
