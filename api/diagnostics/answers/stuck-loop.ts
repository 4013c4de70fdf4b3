/** Asks the observed thread on top of what it runs, while its loop is stuck. */
import { withDeadline } from '../../base/waiting/deadline.ts';
import type { MainThreadInspector } from '../../link/inspector.ts';
import type { ImmediateMethod } from '../../link/inspector-target.ts';
import type { ObservedProbe } from '../../probe/probe.ts';
import type { EventLoopStatus } from '../stalls/types.ts';
import type { StallWatch } from '../stalls/watch.ts';
import { FIRST_ANSWER_PATIENCE_MS } from './patience.ts';
import { silentThread } from './silent-thread.ts';

export interface StuckLoop {
  /** True while the loop is known not to turn. */
  isBlocked(): boolean;
  /**
   * Waits up to 5 s for a loop that is not known to turn again soon, as it is after a read of our
   * own. Whoever asks the thread before would leave it work that nobody waits for any more.
   * @param why it has to turn: as for `silentThread`
   * @throws DiagnosticsError `PROCESS_NOT_RESPONDING` where it does not
   */
  untilFree(why: string): Promise<void>;
  /** Null where the thread would not answer the inspector now. */
  call<Method extends ImmediateMethod>(
    method: Method,
    argument: Parameters<ObservedProbe[Method]>[0] | null,
  ): Promise<Awaited<ReturnType<ObservedProbe[Method]>>> | null;
}

/** Not in native code, and not while pprofql or a debugger has the thread. */
const ANSWERS_INSPECTOR: Record<EventLoopStatus['state'], boolean> = {
  RESPONSIVE: true,
  UNKNOWN: true,
  RUNNING_JAVASCRIPT: true,
  IN_NATIVE_CODE: false,
  READ_BY_PPROFQL: false,
  PAUSED_BY_DEBUGGER: false,
};

/** @param inspector null where the observed thread cannot be looked into */
export function askStuckLoop(
  inspector: Pick<MainThreadInspector, 'call'> | null,
  watch: Pick<StallWatch, 'blockedForMs' | 'status' | 'isInOwnRead' | 'onEnd'>,
): StuckLoop {
  const isBlocked = () => watch.blockedForMs() !== null && watch.status().state !== 'RESPONSIVE';
  return {
    isBlocked,
    async untilFree(why) {
      if (!isBlocked() || watch.isInOwnRead()) return;
      const free = Promise.withResolvers<void>();
      const stopListening = watch.onEnd(free.resolve);
      const giveUp = () => Promise.reject(silentThread(why));
      await withDeadline(free.promise, FIRST_ANSWER_PATIENCE_MS, giveUp).finally(stopListening);
    },
    call<Method extends ImmediateMethod>(method: Method, argument: unknown) {
      if (inspector === null || !ANSWERS_INSPECTOR[watch.status().state]) return null;
      type Answer = Promise<Awaited<ReturnType<ObservedProbe[Method]>>>;
      return inspector.call(method, argument) as Answer;
    },
  };
}
