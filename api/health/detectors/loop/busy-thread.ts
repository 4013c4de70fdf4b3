import { frameOrigin, isOwn } from '../../../base/files/frame-origin.ts';
import { packageNameOf } from '../../../base/files/package-name.ts';
import type { Frame } from '../../../profile/profile.ts';
import { busyTime } from '../../busy-time.ts';
import type { HotCodeEvidence } from '../../evidence/loop.ts';
import type { Detection, Detector } from '../../finding.ts';
import { loopFeederOf } from '../../loop-feeder.ts';
import { isServing } from '../../serving.ts';
import { culpritOf, frameWords, shareWords } from '../../words.ts';
import { isStarved } from './cpu-starved.ts';

interface BusyThread extends Detection {
  /** Of the time, 0 to 1. */
  busyShare: number;
  hasRoom: boolean;
  hot: HotLine | null;
  /** What takes most of it where no line of the program does; null for none. */
  package: PackageShare | null;
}

interface PackageShare {
  name: string;
  /** Of the busy time, 0 to 1. */
  share: number;
  /** Of the busy time, in Node's own code with nothing of a package or the program below it. */
  nodeShare: number;
}

interface HotLine {
  named: Frame;
  /** Top frame first. */
  frames: readonly Frame[];
  /** What takes most of its time for it; null where it does so itself. */
  calls: Frame | null;
  /** It does little each time, and Node calls it again and again. */
  isRound: boolean;
  /** By timers that come due one after the other. */
  isByTimers: boolean;
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
const LEAST_SHARE = 0.03;
/** Of all that a package has begun again and again, much is in Node's code that goes on with it. */
const LEAST_PACKAGE_SHARE = 0.1;

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
      severity:
        hot?.isMost && !busy.hasRoom && isServing(evidence) && !isStarved(evidence)
          ? 'WARNING'
          : 'NOTICE',
      culprit: hot?.named ?? null,
      stack: hot?.frames ?? hotCode?.places[0]?.frames ?? [],
      busyShare: busy.share,
      hasRoom: busy.hasRoom,
      hot,
      package: hot === null && hotCode !== null ? busyPackageOf(hotCode) : null,
    };
  },
  sentence({ busyShare, hasRoom, hot, package: busiest }) {
    const busy = `The main thread is busy ${hasRoom ? 'at least ' : ''}${shareWords(busyShare)} of the time`;
    if (hot === null) {
      if (busiest === null) return `${busy}.`;
      const { name, share, nodeShare } = busiest;
      const node = nodeShare < NODE_SHARE ? '' : `, and ≈${shareWords(nodeShare)} in Node itself`;
      return `${busy}: ≈${shareWords(share)} of it in the package ${name} with nothing of the program calling it${node}.`;
    }
    const route = hot.route === null ? '' : `, for ${hot.route}`;
    const calls = hot.calls === null ? '' : `, which calls ${frameWords(hot.calls)}`;
    const place = `${hot.isRound && !hot.isByTimers ? 'the loop of ' : ''}${frameWords(hot.named)}${calls}`;
    const where = `≈${shareWords(hot.share)} of it in ${place}${route}`;
    return hot.isRound
      ? `${busy}: ${where}, and ≈${shareWords(hot.nodeShare)} in Node calling it again and again${hot.isByTimers ? ', by timers' : ''}.`
      : `${busy}: ${where}.`;
  },
  nextStep({ hot, package: busiest }) {
    if (busiest !== null) {
      return `See what the program has ${busiest.name} do by itself, such as how soon it tries again or asks anew, and how many of its objects do so.`;
    }
    if (hot === null || !hot.isMost) {
      return 'Take a CPU profile to see what the time goes to, then spread the work over more processes or worker threads.';
    }
    if (hot.isByTimers) {
      return 'Let one timer serve many, by a list that it goes through, or let each of them come less often.';
    }
    return hot.isRound
      ? 'Let this function wait for an event or for a timer of some milliseconds, instead of going on at once each time.'
      : 'Make this line do less, or move it to a worker thread; if it polls, let it wait in between.';
  },
};

/** The package that takes half of the time that is not Node's own, with none of the program's code on the stack. */
function busyPackageOf({
  busyMs,
  collectingMs,
  nodeMs,
  places,
}: HotCodeEvidence): PackageShare | null {
  const sums = new Map<string, number>();
  for (const { frames, ms, route } of places) {
    if (route !== null || frames.some(isOwn)) continue;
    const file = frames.find((frame) => frameOrigin(frame.file) === 'DEPENDENCY')?.file ?? '';
    const name = packageNameOf(file);
    if (name !== null) sums.set(name, (sums.get(name) ?? 0) + ms);
  }
  const [largest] = [...sums].sort(([, a], [, b]) => b - a);
  if (largest === undefined) return null;
  const [name, ms] = largest;
  const programMs = Math.max(1, busyMs - collectingMs);
  const share = ms / programMs;
  const isMost = ms >= MOST_SHARE * (programMs - nodeMs);
  return isMost && share >= LEAST_PACKAGE_SHARE
    ? { name, share, nodeShare: nodeMs / programMs }
    : null;
}

const TIMERS_FILE = 'node:internal/timers';

function isTimers({ file }: Frame): boolean {
  return file === TIMERS_FILE;
}

function hotLineOf({ busyMs, collectingMs, nodeMs, places }: HotCodeEvidence): HotLine | null {
  const [largest] = places;
  const named = culpritOf(largest?.frames ?? []);
  const programMs = busyMs - collectingMs;
  if (largest === undefined || named === null || programMs <= 0) return null;
  const { frames, route } = largest;
  const share = largest.ms / programMs;
  const nodeShare = nodeMs / programMs;
  const isMost = share >= MOST_SHARE;
  const hot = {
    named,
    frames,
    calls: null,
    isRound: false,
    isByTimers: false,
    route,
    share,
    nodeShare,
    isMost,
  };
  // What requests make it do is no loop that feeds itself.
  if (route !== null || nodeShare < NODE_SHARE) return hot;
  const feeder = loopFeederOf(places.filter((place) => place.route === null));
  const feederShare = (feeder?.ms ?? 0) / programMs;
  if (feeder === null || feederShare < LEAST_SHARE) return hot;
  const { frame, calls } = feeder;
  return {
    ...hot,
    named: frame,
    frames: feeder.frames,
    calls,
    isRound: true,
    isByTimers: feeder.frames.some(isTimers),
    share: feederShare,
    isMost: true,
  };
}
