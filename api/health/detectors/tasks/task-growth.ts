import { durationText } from '../../../base/text/duration.ts';
import type { Frame } from '../../../profile/profile.ts';
import { type Evidence, taskNoun } from '../../evidence/evidence.ts';
import type { GrowingTasks } from '../../evidence/tasks.ts';
import { type Detection, type Detector, TOO_EARLY } from '../../finding.ts';
import { floorGrowth } from '../../growth/floor-growth.ts';
import { floorOfThirds } from '../../growth/floor-of-thirds.ts';
import { culpritOf, frameWords, groupedDigits } from '../../words.ts';

interface TaskGrowth extends Detection {
  count: number;
  noun: string;
  lastedMs: number;
  /** Who makes those that became more; null where it is not known. */
  maker: { culprit: Frame; grownBy: number; isMost: boolean; isEstimate: boolean } | null;
}

const GROWN_TASKS = 100;
const GROWN_SHARE = 0.5;
/** What serves more than before has more tasks than before, but not ever more. */
const LATE_SHARE = 0.2;
/** What a line made explains less than this of, it is not to blame for. */
const EXPLAINED_SHARE = 0.25;
/** The same in less time than the history needs. */
const STEEP_TASKS = 150;
const STEEP_MS = 55_000;
/** Of tasks that one client has while it is connected: all, and those of one line. */
const MOST_OF_CLIENT = 8;
const MOST_OF_LINE = 2.5;
const ACCEPTED = /^(?:TCPWRAP|PIPEWRAP)$/;

/** Ever more tasks, even where no single one of them is known to be stuck: a leak of background work. */
export const taskGrowth: Detector<TaskGrowth> = {
  name: 'task-growth',
  kind: 'TASK_GROWTH',
  question: 'the tasks grow in number',
  // These say what the tasks are, and who is to blame for them.
  isExplainedBy: [
    'STUCK_REQUESTS',
    'POOL_EXHAUSTED',
    'DEADLOCK',
    'LEFT_BEHIND',
    'HANDLE_GROWTH',
    'THREAD_GROWTH',
    'THREAD_POOL_SATURATED',
    'LISTENER_GROWTH',
    'BLOCKED_LOOP',
    'SLOW_LOOP',
    'BUSY_THREAD',
  ],
  check(evidence) {
    if (evidence.kind === 'FILE') return null;
    const counted = evidence.points.filter(({ goroutines }) => goroutines !== null);
    const growth = floorGrowth(counted, ({ goroutines }) => goroutines ?? 0);
    if (growth === null) return steepGrowth(evidence) ?? TOO_EARLY;
    const { before, grown, grownLately, lastedMs } = growth;
    if (grown < GROWN_TASKS || grown < before * GROWN_SHARE) return null;
    if (grownLately < grown * LATE_SHARE) return null;
    const most = growerOf(evidence, grown);
    if (areOfConnections(evidence, { grown, most })) return null;
    return {
      // Of a Go process nobody knows which; of one with more of everything no line is to blame.
      severity: most === null && evidence.kind === 'NODE' ? 'NOTICE' : 'WARNING',
      culprit: most === null ? null : culpritOf(most.frames),
      stack: most?.frames ?? [],
      routes: most?.routes ?? [],
      count: grown,
      grownShare: grown / Math.max(1, before),
      noun: taskNoun(evidence),
      lastedMs,
      maker: most === null ? null : makerOf(most, grown),
    };
  },
  sentence({ count, noun, lastedMs, maker }) {
    const where =
      maker === null
        ? ''
        : `, ${maker.isMost ? 'mostly' : `${maker.isEstimate ? '≈' : ''}${groupedDigits(maker.grownBy)} of them`} in ${frameWords(maker.culprit)}`;
    return `Ever more ${noun}s: +${groupedDigits(count)} in ${durationText(lastedMs)}${where}.`;
  },
  nextStep: ({ noun, maker }) =>
    maker === null
      ? `Capture the ${noun}s now and in a minute, and look in the difference which stack has more of them.`
      : `See what ends a ${noun} that this line begins, and whether that ever happens.`,
};

/** Before the history is long enough: so many more at one line, and not of requests that are in flight, that it is worth a notice. */
function steepGrowth(evidence: Evidence): TaskGrowth | null {
  const most = growerOf(evidence, 0);
  if (most === null || most.grownBy < STEEP_TASKS || most.lastedMs < STEEP_MS) return null;
  const { grownBy: grown, count, outlivedRequest, routes, lastedMs, frames } = most;
  if (routes.length > 0 && (outlivedRequest ?? 0) < count / 2) return null;
  if (areOfConnections(evidence, { grown, most })) return null;
  return {
    severity: 'NOTICE',
    culprit: culpritOf(frames),
    stack: frames,
    routes,
    count: grown,
    grownShare: grown / Math.max(1, count - grown),
    noun: taskNoun(evidence),
    lastedMs,
    maker: makerOf(most, grown),
  };
}

/** Whether about as many more clients are connected, or have a request that goes on: what each has of its own ends with it. */
function areOfConnections(
  { growingTasks, points }: Evidence,
  { grown, most }: { grown: number; most: GrowingTasks | null },
): boolean {
  const accepted = (growingTasks ?? [])
    .filter(isAccepted)
    .reduce((sum, { grownBy }) => sum + grownBy, 0);
  const served = floorOfThirds(points.map(({ requestsInFlight }) => requestsInFlight ?? 0)) ?? 0;
  const clients = Math.max(accepted, served);
  return most === null ? clients * MOST_OF_CLIENT >= grown : clients * MOST_OF_LINE >= most.grownBy;
}

/** A socket that a client has opened: no code was on the stack as it came. */
function isAccepted({ frames }: GrowingTasks): boolean {
  const [only, next] = frames;
  return only !== undefined && next === undefined && ACCEPTED.test(only.function);
}

function growerOf({ growingTasks }: Evidence, grown: number): GrowingTasks | null {
  const most = (growingTasks ?? []).find(({ frames }) => culpritOf(frames) !== null);
  return most !== undefined && most.grownBy >= EXPLAINED_SHARE * grown ? most : null;
}

function makerOf(
  { frames, grownBy, sampled, count }: GrowingTasks,
  grown: number,
): TaskGrowth['maker'] {
  return {
    culprit: culpritOf(frames)!,
    grownBy,
    isMost: grownBy * 2 >= grown,
    isEstimate: sampled !== count,
  };
}
