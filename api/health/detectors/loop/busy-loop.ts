import { type Detection, type Detector, TOO_EARLY } from '../../finding.ts';
import { FEWEST_POINTS, recentPoints } from '../../recent-points.ts';
import { shareWords } from '../../words.ts';

interface BusyLoop extends Detection {
  /** Of the time, 0 to 1. */
  share: number;
}

const BUSY_SHARE = 0.95;

/** The event loop has no time left in any of the latest intervals. */
export const busyLoop: Detector<BusyLoop> = {
  name: 'busy-loop',
  kind: 'SLOW_LOOP',
  question: 'the event loop is slow',
  check(evidence) {
    const recent = recentPoints(evidence);
    if (recent === null || recent === TOO_EARLY) return recent;
    const shares = recent.answered.map(({ eventLoopUtilization }) => eventLoopUtilization ?? 0);
    if (shares.length < FEWEST_POINTS) return null;
    const share = Math.min(...shares);
    return share < BUSY_SHARE ? null : { severity: 'WARNING', share };
  },
  sentence: ({ share }) => `Event loop busy ${shareWords(share)} of the time.`,
  nextStep: () =>
    'Take a CPU profile to see what the time goes to, then spread the work over more processes or worker threads.',
};
