import { isOwn } from '../../../base/files/frame-origin.ts';
import type { Frame } from '../../../profile/profile.ts';
import { isSameFunction } from '../../../profile/same-function.ts';
import { busyTime } from '../../busy-time.ts';
import type { HotCodeEvidence } from '../../evidence/loop.ts';
import type { Detection, Detector } from '../../finding.ts';
import { isServing } from '../../serving.ts';
import { culpritOf, frameWords, shareWords } from '../../words.ts';
import { isStarved } from './cpu-starved.ts';

interface BusyThread extends Detection {
  /** Of the time, 0 to 1. */
  busyShare: number;
  hot: HotLine | null;
}

interface HotLine {
  named: Frame;
  route: string | null;
  /** Of the busy time, 0 to 1. */
  share: number;
  /** Of the busy time, in Node's own code with none of the program below it: timers, immediates, ticks. */
  nodeShare: number;
  isMost: boolean;
}

const MOST_SHARE = 0.5;
/** A program that does little each time, and that again and again, is mostly in Node's code that calls it. */
const NODE_SHARE = 0.3;
const ONLY_SHARE = 0.8;
const LEAST_SHARE = 0.03;

/** The main thread has no time left: what takes it. */
export const busyThread: Detector<BusyThread> = {
  name: 'busy-thread',
  kind: 'BUSY_THREAD',
  question: 'the event loop is slow',
  check(evidence) {
    const { points, cpuTime, hotCode, kind } = evidence;
    // Files do not go on.
    if (kind === 'FILE') return null;
    const busy = busyTime(points, cpuTime);
    if (busy === null) return null;
    const hot = hotCode === null ? null : hotLineOf(hotCode);
    return {
      // A job may take what it gets, and one that is starved is busy with little.
      severity: hot?.isMost && isServing(evidence) && !isStarved(evidence) ? 'WARNING' : 'NOTICE',
      culprit: hot?.named ?? null,
      stack: hotCode?.places[0]?.frames ?? [],
      busyShare: busy.share,
      hot,
    };
  },
  sentence({ busyShare, hot }) {
    const busy = `The main thread is busy ${shareWords(busyShare)} of the time`;
    if (hot === null) return `${busy}.`;
    const route = hot.route === null ? '' : `, for ${hot.route}`;
    const where = `≈${shareWords(hot.share)} of it in ${frameWords(hot.named)}${route}`;
    return hot.share < MOST_SHARE && hot.isMost
      ? `${busy}: ${where}, and ≈${shareWords(hot.nodeShare)} in Node calling it again and again.`
      : `${busy}: ${where}.`;
  },
  nextStep({ hot }) {
    if (hot === null || !hot.isMost) {
      return 'Take a CPU profile to see what the time goes to, then spread the work over more processes or worker threads.';
    }
    return hot.share < MOST_SHARE
      ? 'Let this function wait for an event or for a timer of some milliseconds, instead of calling itself at every turn.'
      : 'Make this line do less, or move it to a worker thread; if it polls, let it wait in between.';
  },
};

function hotLineOf({ busyMs, collectingMs, nodeMs, places }: HotCodeEvidence): HotLine | null {
  const [largest] = places;
  const named = culpritOf(largest?.frames ?? []);
  const programMs = busyMs - collectingMs;
  if (largest === undefined || named === null || programMs <= 0) return null;
  const share = largest.ms / programMs;
  const nodeShare = nodeMs / programMs;
  const hot = { named, route: largest.route, share, nodeShare };
  // What requests make it do is no loop that feeds itself.
  if (share >= MOST_SHARE || largest.route !== null || nodeShare < NODE_SHARE) {
    return { ...hot, isMost: share >= MOST_SHARE };
  }
  const ofNobodyMs = sumOf(places.filter(({ route }) => route === null));
  const isOnly = (ms: number) => ms >= ONLY_SHARE * ofNobodyMs && ms >= LEAST_SHARE * programMs;
  if (isOnly(largest.ms)) return { ...hot, isMost: true };
  const root = rootOf(largest.frames) ?? named;
  const ofRootMs = sumOf(
    places.filter(({ frames }) => {
      const its = rootOf(frames);
      return its !== null && isSameFunction(its, root);
    }),
  );
  return isOnly(ofRootMs) && nodeMs > ofRootMs
    ? { ...hot, named: root, share: ofRootMs / programMs, isMost: true }
    : { ...hot, isMost: false };
}

/** The function of the program that Node calls: what it calls in turn is done for it. */
function rootOf(frames: readonly Frame[]): Frame | null {
  return frames.findLast(isOwn) ?? null;
}

function sumOf(places: HotCodeEvidence['places']): number {
  return places.reduce((sum, { ms }) => sum + ms, 0);
}
