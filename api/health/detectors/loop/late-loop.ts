import { durationText } from '../../../base/text/duration.ts';
import { type Detection, type Detector, TOO_EARLY } from '../../finding.ts';
import { recentPoints } from '../../recent-points.ts';

interface LateLoop extends Detection {
  worstMs: number;
}

const WARNING_MS = 100;
const CRITICAL_MS = 500;
const LATE_SHARE = 0.5;

/** Timers and sockets are served late in most of the latest intervals. */
export const lateLoop: Detector<LateLoop> = {
  name: 'late-loop',
  kind: 'SLOW_LOOP',
  question: 'the event loop is slow',
  check(evidence) {
    const recent = recentPoints(evidence);
    if (recent === null || recent === TOO_EARLY) return recent;
    const delays = recent.answered.map(({ eventLoopDelayP99Ms }) => eventLoopDelayP99Ms ?? 0);
    const late = delays.filter((delayMs) => delayMs >= WARNING_MS);
    if (late.length === 0 || late.length < delays.length * LATE_SHARE) return null;
    const worstMs = Math.max(...late);
    return { severity: worstMs >= CRITICAL_MS ? 'CRITICAL' : 'WARNING', worstMs };
  },
  sentence: ({ worstMs }) => `Event loop delayed, p99 ${durationText(worstMs)}.`,
  nextStep: () => 'Take a CPU profile: what has most total time there holds the loop.',
};
