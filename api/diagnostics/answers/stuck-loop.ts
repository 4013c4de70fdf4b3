/** Asks the observed thread on top of what it runs, while its loop is stuck. */
import type { MainThreadInspector } from '../../link/inspector.ts';
import type { ImmediateMethod } from '../../link/inspector-target.ts';
import type { ObservedProbe } from '../../probe/probe.ts';
import type { EventLoopStatus } from '../stalls/types.ts';
import type { StallWatch } from '../stalls/watch.ts';

export interface StuckLoop {
  /** True while the loop is known not to turn. */
  isBlocked(): boolean;
  /** True where it is not known either to turn again soon, as after a read of our own. */
  isStuck(): boolean;
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
  watch: Pick<StallWatch, 'blockedForMs' | 'status' | 'isInOwnRead'>,
): StuckLoop {
  const isBlocked = () => watch.blockedForMs() !== null && watch.status().state !== 'RESPONSIVE';
  return {
    isBlocked,
    isStuck: () => isBlocked() && !watch.isInOwnRead(),
    call<Method extends ImmediateMethod>(method: Method, argument: unknown) {
      if (inspector === null || !ANSWERS_INSPECTOR[watch.status().state]) return null;
      type Answer = Promise<Awaited<ReturnType<ObservedProbe[Method]>>>;
      return inspector.call(method, argument) as Answer;
    },
  };
}
