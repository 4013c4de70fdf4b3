import { durationText } from '../../../base/text/duration.ts';
import type { Frame } from '../../../profile/profile.ts';
import type { Detection, Detector } from '../../finding.ts';
import { hotFrameOf } from '../../hot-frame.ts';
import { frameWords } from '../../words.ts';

interface StuckThread extends Detection {
  title: string;
  blockedForMs: number;
  named: Frame | null;
  isNative: boolean;
  isMainWaiting: boolean;
}

/** To compute for so long in one go is what workers are for. */
const NOTICE_MS = 5_000;
/** Nothing that is waited for takes so long without a message in between. */
const WARNING_MS = 60_000;

/** A worker whose loop does not turn: no message reaches it, and none that it sent has left its queue. */
export const stuckThread: Detector<StuckThread> = {
  name: 'stuck-thread',
  kind: 'BLOCKED_LOOP',
  question: 'its event loop turns',
  check({ thread, loop, nowMs }) {
    if (thread == null || loop === null) return null;
    const { blockedForMs, frames } = loop;
    const isJavaScript = loop.state === 'RUNNING_JAVASCRIPT';
    if (!isJavaScript && loop.state !== 'IN_NATIVE_CODE') return null;
    if (blockedForMs < NOTICE_MS && !thread.isMainWaiting) return null;
    const culprit = hotFrameOf(frames);
    const isLong = blockedForMs >= WARNING_MS || thread.isMainWaiting;
    return {
      severity: isLong && culprit !== null ? 'WARNING' : 'NOTICE',
      sinceMs: nowMs - blockedForMs,
      culprit,
      stack: frames,
      title: thread.title,
      blockedForMs,
      named: culprit ?? frames[0] ?? null,
      isNative: !isJavaScript,
      isMainWaiting: thread.isMainWaiting,
    };
  },
  sentence({ title, blockedForMs, named, isNative, isMainWaiting }) {
    const where = named === null ? '' : ` ${isNative ? 'called by' : 'in'} ${frameWords(named)}`;
    const does = isNative ? 'is in native code' : 'spins';
    const waits = isMainWaiting ? ', and the main thread waits for it' : '';
    return `${title} ${does}${where}: its event loop has not turned for ${durationText(blockedForMs)}${waits}.`;
  },
  nextStep: ({ severity, isMainWaiting }) =>
    isMainWaiting
      ? 'Let the main thread go on meanwhile, and have the worker tell it by a message: `Atomics.wait` there stops every request.'
      : severity === 'WARNING'
        ? 'Look for what should end the loop at this line; work that is meant to last tells its progress, and can then be stopped.'
        : 'Nothing, if its caller waits for a long computation; else look for what should end the loop at this line.',
};
