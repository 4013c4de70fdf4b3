import { durationText } from '../../../base/text/duration.ts';
import type { Frame } from '../../../profile/profile.ts';
import type { PoolJobs, ThreadPoolEvidence } from '../../evidence/loop.ts';
import { type Detection, type Detector, TOO_EARLY } from '../../finding.ts';
import { functionKey, hotFrameOf, isAnonymous } from '../../hot-frame.ts';
import { countWords, frameWords } from '../../words.ts';
import { isStarved } from '../loop/cpu-starved.ts';

interface SaturatedPool extends Detection {
  size: number;
  /** Lookups alone wait, for the threads that they may use. */
  isOfLookups: boolean;
  waitedMs: number;
  hog: PoolJobs | null;
  victims: PoolJobs | null;
}

/** Bursts are what a pool is for. */
const SHORTEST_MS = 5_000;
const WARNING_AFTER_MS = 10_000;
/** They may themselves be what the cores are busy with: so long a wait is told in any case. */
const LONG_WAIT_MS = 5_000;
/** A job that computes keeps a thread for long, a lookup until a server answers, a read of a file hardly at all. */
const HOLDS: Record<PoolJobs['what'], number> = { crypto: 20, zlib: 20, dns: 5, fs: 1 };
const NAMES: Record<PoolJobs['what'], string> = {
  crypto: 'crypto job',
  zlib: 'zlib job',
  dns: 'DNS lookup',
  fs: 'file system call',
};

const UNSEEN = 'jobs that cannot be seen, such as those of native packages, have them';

/** All threads of libuv's pool are busy, or those that lookups may use, and what needs one waits. */
export const threadPoolSaturated: Detector<SaturatedPool> = {
  name: 'thread-pool',
  kind: 'THREAD_POOL_SATURATED',
  question: 'the thread pool is full',
  check(evidence) {
    const { threadPool, nowMs } = evidence;
    const full = threadPool && fullPart(threadPool);
    if (full === null) return null;
    const { isOfLookups, size, waitedMs, sinceMs, jobs, isHeldByUnseen } = full;
    const lastedMs = nowMs - sinceMs;
    if (lastedMs < SHORTEST_MS) return null;
    if (jobs === null) return TOO_EARLY;
    const [most] = jobs;
    // Fewer than there are threads: a machine that is short of processors keeps a free pool slow, too.
    if (most === undefined || totalOf(jobs) <= size) return null;
    const hog = isHeldByUnseen ? null : hogOf(jobs);
    const victims =
      jobs.find((other) => other !== hog && hotFrameOf(other.frames) !== null) ?? null;
    const culprit = hog && hotFrameOf(hog.frames);
    // Where the machine gives the process little, jobs that compute last long, however few they are.
    const isOfMachine = computes(hog) && waitedMs < LONG_WAIT_MS && isStarved(evidence);
    const isBad = culprit !== null || (isHeldByUnseen && waitedMs >= LONG_WAIT_MS);
    const isSure = isBad && lastedMs >= WARNING_AFTER_MS && !isOfMachine;
    return {
      severity: isSure ? 'WARNING' : 'NOTICE',
      sinceMs,
      culprit,
      stack: hog?.frames ?? [],
      count: (hog ?? most).count,
      isOfLookups,
      size,
      waitedMs,
      hog,
      victims,
    };
  },
  // Requests that wait for a thread hang through no fault of the line that they wait at.
  hides: ({ hog, victims }, other) =>
    other.kind === 'STUCK_REQUESTS' &&
    [hog, victims].some((jobs) => areBegunIn(other.culprit, jobs?.frames ?? [])),
  sentence({ isOfLookups, size, waitedMs, hog, victims }) {
    const threads = isOfLookups
      ? `The ${countWords(size, 'thread')} of libuv’s pool that DNS lookups may use are busy, so that a lookup`
      : `All ${countWords(size, 'thread')} of libuv’s pool are busy, so that a job`;
    const pool = `${threads} waits ${durationText(waitedMs)} for one`;
    const wait = victims === null ? '' : `; ${jobWords(victims)} wait behind them`;
    return `${pool}: ${hog === null ? UNSEEN : holderWords(hog)}${wait}.`;
  },
  nextStep: ({ hog }) =>
    isStuck(hog)
      ? 'See what these wait for: a FIFO that nobody writes to, a device, a network drive, a name server; open such files without waiting, or keep them off the pool and give them a time limit. All else that needs a thread waits for them.'
      : hog === null
        ? 'See what uses native packages, which run on these threads unseen (hashing of passwords, images, databases in a file), and let fewer of their jobs run at once; UV_THREADPOOL_SIZE gives more threads.'
        : computes(hog)
          ? 'Let fewer of these run at once (a limiter around this line) or make each cheaper; UV_THREADPOOL_SIZE helps only while there are cores for more threads.'
          : 'Let fewer of these run at once, with a limiter around this line, or set UV_THREADPOOL_SIZE to more threads: they mostly wait.',
};

type FullPart = Pick<SaturatedPool, 'isOfLookups' | 'size' | 'waitedMs'> &
  Pick<ThreadPoolEvidence, 'jobs' | 'isHeldByUnseen'> & { sinceMs: number };

/** libuv lets lookups use half of the threads, rounded up; files and crypto find the others free. */
function fullPart(pool: ThreadPoolEvidence): FullPart | null {
  const { size, waitedMs, sinceMs, lookups, jobs, isHeldByUnseen } = pool;
  const ofAll = { isOfLookups: false, size, waitedMs, jobs, isHeldByUnseen };
  if (sinceMs !== null) return { ...ofAll, sinceMs };
  if (lookups === null || lookups.sinceMs === null) return null;
  return {
    isOfLookups: true,
    size: Math.ceil(size / 2),
    waitedMs: lookups.waitedMs,
    sinceMs: lookups.sinceMs,
    jobs: jobs?.filter(({ what }) => what === 'dns') ?? null,
    isHeldByUnseen: false,
  };
}

/** Whose jobs keep most of the threads for most of the time: those that were seen to, else by what they usually do. */
function hogOf(jobs: readonly PoolJobs[]): PoolJobs | null {
  const usual = ({ what, count }: PoolJobs) => HOLDS[what] * count;
  return [...jobs].sort((a, b) => b.held - a.held || usual(b) - usual(a))[0] ?? null;
}

function totalOf(jobs: NonNullable<ThreadPoolEvidence['jobs']>): number {
  return jobs.reduce((sum, { count }) => sum + count, 0);
}

const STUCK_MS = 5_000;

const computes = (hog: PoolJobs | null) => hog?.what === 'crypto' || hog?.what === 'zlib';

/** What does not compute waits. */
function isStuck(hog: PoolJobs | null): boolean {
  return hog !== null && !computes(hog) && hog.heldMs >= STUCK_MS;
}

/** For example `20 file system calls in readFeed (feed.mjs:8), of which 4 have had a thread for up to 60 s`. */
function holderWords(hog: PoolJobs): string {
  if (!isStuck(hog)) return jobWords(hog);
  const { held, heldMs, count } = hog;
  const which =
    held === count ? 'which have' : held === 1 ? 'one of which has' : `${held} of which have`;
  return `${jobWords(hog)}, ${which} had a thread for up to ${durationText(heldMs)}`;
}

/** For example `≈26 crypto jobs in hashPassword (app.mjs:7)`. */
function jobWords({ what, count, isEstimate, frames }: PoolJobs): string {
  const place = hotFrameOf(frames) ?? frames[0];
  const where = place === undefined ? '' : ` in ${frameWords(place)}`;
  return `${isEstimate ? '≈' : ''}${countWords(count, NAMES[what])}${where}`;
}

/** Whether the jobs were begun there, or by what it called: who returns a promise unawaited leaves no line of its own. */
function areBegunIn(culprit: Frame | null, frames: readonly Frame[]): boolean {
  if (culprit === null) return false;
  return frames.some(
    (frame) =>
      functionKey(frame) === functionKey(culprit) &&
      // A file may have many functions without a name.
      (!isAnonymous(frame) || frame.line === culprit.line),
  );
}
