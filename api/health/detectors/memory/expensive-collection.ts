import { type Detection, type Detector, TOO_EARLY } from '../../finding.ts';
import { recentPoints } from '../../growth/recent-points.ts';
import { shareWords } from '../../words.ts';
import { isStarved } from '../loop/cpu-starved.ts';

interface ExpensiveCollection extends Detection {
  /** Of the time, 0 to 1. */
  share: number;
}

const GC_SHARE = 0.1;

/** Collecting garbage takes too much of the latest intervals. */
export const expensiveCollection: Detector<ExpensiveCollection> = {
  name: 'expensive-collection',
  kind: 'SLOW_LOOP',
  question: 'the event loop is slow',
  check(evidence) {
    const recent = recentPoints(evidence);
    if (recent === null || recent === TOO_EARLY) return recent;
    // The first point's pauses lie before the time that is looked at.
    const pausedMs = recent.points
      .slice(1)
      .reduce((sum, { gcPauseTotalMs }) => sum + (gcPauseTotalMs ?? 0), 0);
    const share = pausedMs / recent.lastedMs;
    // Of a thread that waits for a core, and for helpers that do, pauses tell nothing.
    return share < GC_SHARE || isStarved(evidence) ? null : { severity: 'NOTICE', share };
  },
  sentence: ({ share }) => `Collecting garbage takes ${shareWords(share)} of the time.`,
  nextStep: () =>
    'See in `topAllocations` which lines allocate most, and let them keep or reuse less.',
};
