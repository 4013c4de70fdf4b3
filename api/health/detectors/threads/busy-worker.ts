import { durationText } from '../../../base/text/duration.ts';
import type { Detection, Detector } from '../../finding.ts';
import { hotFrameOf } from '../../hot-frame.ts';
import { frameWords, shareWords } from '../../words.ts';

interface BusyWorker extends Detection {
  title: string;
  lastedMs: number;
  /** Of the looks, 0 to 1. */
  share: number;
}

/** A worker that has much to do is no fault; that it never gets through with it is worth knowing. */
const LONG_MS = 60_000;
const MOST_SHARE = 0.5;

/** A worker takes all that it can get of a core for long, although its loop turns. */
export const busyWorker: Detector<BusyWorker> = {
  name: 'busy-worker',
  kind: 'BUSY_THREAD',
  question: 'a worker has time left',
  check({ thread, nowMs }) {
    const busy = thread?.busy ?? null;
    if (thread == null || busy === null || nowMs - busy.sinceMs < LONG_MS) return null;
    return {
      severity: 'NOTICE',
      sinceMs: busy.sinceMs,
      culprit: busy.share >= MOST_SHARE ? hotFrameOf(busy.frames) : null,
      stack: busy.frames,
      title: thread.title,
      lastedMs: nowMs - busy.sinceMs,
      share: busy.share,
    };
  },
  sentence({ title, lastedMs, culprit, share }) {
    const where = culprit == null ? '' : `, ≈${shareWords(share)} of it in ${frameWords(culprit)}`;
    return `${title} has been busy for ${durationText(lastedMs)} without a break${where}.`;
  },
  nextStep: () =>
    'Nothing, if it is meant to; else take a CPU profile of this target, or give its work to more workers.',
};
