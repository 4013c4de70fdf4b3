import { durationText } from '../../../base/text/duration.ts';
import { type Detection, type Detector, TOO_EARLY } from '../../finding.ts';
import { type MadeBy, madeByLine } from '../../growth/made-by.ts';
import { outsideGrowth } from '../../growth/outside-growth.ts';
import { liveWithConnections } from '../../growth/with-connections.ts';
import { countWords, frameWords, groupedDigits } from '../../words.ts';

interface ThreadGrowth extends Detection {
  count: number;
  grown: number;
  lastedMs: number;
  maker: MadeBy;
  /** Of those that the line made. */
  idle: number;
}

const GROWN_THREADS = 4;
const FEWEST_THREADS = 7;
/** Of the workers that one line made. */
const KEPT_SHARE = 0.8;
/** A pool that grows has use for all its workers. */
const IDLE_SHARE = 0.5;

/** Ever more worker threads that nobody ends, although most of them have nothing to do. */
export const threadGrowth: Detector<ThreadGrowth> = {
  name: 'thread-growth',
  kind: 'THREAD_GROWTH',
  question: 'memory outside the heap grows',
  check({ outside }) {
    if (outside === null) return null;
    const growth = outsideGrowth(outside.levels, ({ workers }) => workers);
    if (growth === null || growth === TOO_EARLY) return growth;
    const { before, grown, lastedMs, sinceMs } = growth;
    const left = outside.made.filter(
      ({ kind, kept, settled }) => kind === 'WORKER' && kept >= KEPT_SHARE * settled,
    );
    const [maker] = madeByLine(left, ({ kept }) => kept);
    // As many as there are cores is what a pool has.
    const fewest = Math.max(FEWEST_THREADS, outside.cores + 1);
    if (grown < GROWN_THREADS || maker === undefined || maker.kept < fewest) return null;
    const idle = maker.idle ?? 0;
    if (idle < IDLE_SHARE * maker.kept || liveWithConnections(maker, outside)) return null;
    return {
      severity: maker.culprit === null ? 'NOTICE' : 'WARNING',
      sinceMs,
      culprit: maker.culprit,
      stack: maker.frames,
      count: Math.round(maker.kept),
      grown,
      grownShare: grown / Math.max(1, before),
      lastedMs,
      maker,
      idle,
    };
  },
  sentence: ({ count, grown, lastedMs, maker, idle }) =>
    `Ever more worker threads: ${groupedDigits(grown)} more in ${durationText(lastedMs)}; ${countWords(count, 'worker')} made in ${frameWords(maker.culprit ?? maker.frames[0]!)} were never ended, and ${groupedDigits(idle)} of them have nothing to do.`,
  nextStep: () =>
    'End each worker that this line makes when its work is done (`terminate()`), or give the work to a pool of fixed size.',
};
