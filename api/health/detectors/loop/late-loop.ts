import { durationText } from '../../../base/text/duration.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import { type Detection, type Detector, findsAny, TOO_EARLY } from '../../finding.ts';
import { FEWEST_POINTS, recentPoints } from '../../growth/recent-points.ts';
import { expensiveCollection } from '../memory/expensive-collection.ts';
import { blockedLoop } from './blocked-loop.ts';
import { cpuStarved } from './cpu-starved.ts';
import { delayedLoop, isDelayed } from './delayed-loop.ts';

interface LateLoop extends Detection {
  worstMs: number;
}

const LATE_MS = 100;
const LATE_SHARE = 0.5;
/** Watched for so long, the loop would have shown a delay that is the program's. */
const TELLING_WATCH_MS = 30_000;

/** Each tells why the loop is late. */
const EXPLANATIONS: readonly Detector[] = [
  blockedLoop,
  delayedLoop,
  cpuStarved,
  expensiveCollection,
];

/** Timers and sockets are served late in most of the latest intervals, and nobody knows why. */
export const lateLoop: Detector<LateLoop> = {
  name: 'late-loop',
  kind: 'SLOW_LOOP',
  question: 'the event loop is slow',
  check(evidence) {
    const recent = recentPoints(evidence);
    if (recent === null || recent === TOO_EARLY) return recent;
    const delays = recent.answered.map(({ eventLoopDelayP99Ms }) => eventLoopDelayP99Ms ?? 0);
    const late = delays.filter((delayMs) => delayMs >= LATE_MS);
    if (delays.length < FEWEST_POINTS || late.length < delays.length * LATE_SHARE) return null;
    if (isExplained(evidence)) return null;
    return { severity: 'NOTICE', worstMs: Math.max(...late) };
  },
  sentence: ({ worstMs }) => `Event loop delayed, p99 ${durationText(worstMs)}.`,
  nextStep: () => 'Take a CPU profile: what has most total time there holds the loop.',
};

function isExplained(evidence: Evidence): boolean {
  const { delays } = evidence;
  if (delays !== null && delays.watchedMs >= TELLING_WATCH_MS && !isDelayed(delays)) return true;
  return findsAny(EXPLANATIONS, evidence);
}
