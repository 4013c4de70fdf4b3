import { NS_PER_MS } from '../../base/numbers/units.ts';
import type { GcPauses } from '../../probe/process/gc-observer.ts';
import type { Figures } from '../figures.ts';
import { interval, level } from './metric.ts';

export const garbageCollectionMetrics = {
  gcPauseNs: level(({ gc }) => gc.lastPauseNs),
  gcPauseMaxMs: interval(
    (figures) => ofAllKinds(figures, (pauses) => Math.max(...pauses.map(({ maxNs }) => maxNs))),
    { merge: 'largest' },
  ),
  gcPauseTotalMs: interval(
    (figures) =>
      ofAllKinds(figures, (pauses) => pauses.reduce((sum, each) => sum + each.totalNs, 0)),
    { merge: 'sum' },
  ),
};

/** In milliseconds; null where no kind of collection is told. */
function ofAllKinds({ gc }: Figures, joinNs: (pauses: GcPauses[]) => number): number | null {
  const pauses = Object.values(gc.interval);
  return pauses.length === 0 ? null : joinNs(pauses) / NS_PER_MS;
}
