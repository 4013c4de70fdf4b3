/** All that watches the observed loop from beside it: for stalls, for short delays, and for what the kernel gives it. */
import { isMainThread } from 'node:worker_threads';
import { NO_THREAD_TIME, openThreadTime } from '../../base/thread-time.ts';
import type { LoopAccess } from '../../link/observed-loop.ts';
import type { Frame } from '../../profile/profile.ts';
import type { FrameLocator } from '../../source-maps/frame-locator.ts';
import { createGivenTime, type GivenTime } from '../cpu-time/given-time.ts';
import { type DelayWatch, startDelayWatch } from './delays/delays.ts';
import { unwatchedLoop } from './unwatched-loop.ts';
import { type StallWatch, startStallWatch } from './watch.ts';

const LOCATE_DEADLINE_MS = 2_000;

export interface LoopWatch {
  stalls: StallWatch;
  /** Null where stalls are not watched. */
  delays: DelayWatch | null;
  givenTime: GivenTime;
  /** What the thread runs now, top frame first; null where it cannot be looked into. */
  look: (() => Promise<readonly Frame[]>) | null;
  stop(): void;
}

/** @param loop null on the observed thread itself, which cannot watch its own loop */
export function watchLoop(
  loop: LoopAccess | null,
  thresholdMs: number,
  locator: FrameLocator,
): LoopWatch {
  // The main thread has the id of the process; that of another is not known.
  const isOfMainThread = loop === null ? isMainThread : loop.inspector !== null;
  const givenTime = createGivenTime({
    threadTime: isOfMainThread ? openThreadTime(process.pid) : NO_THREAD_TIME,
  });
  const { stalls, delays } = watchesOf(loop, thresholdMs, {
    locate: locator.locateStack,
    threadTime: givenTime.readThread,
  });
  const inspector = loop?.inspector ?? null;
  if (delays !== null) stalls.onEnd(delays.watchNow);
  return {
    stalls,
    delays,
    givenTime,
    look:
      inspector === null
        ? null
        : async () => {
            const { frames } = await inspector.look();
            return locator.locateStack(frames, LOCATE_DEADLINE_MS);
          },
    stop() {
      stalls.stop();
      delays?.stop();
      givenTime.stop();
    },
  };
}

function watchesOf(
  loop: LoopAccess | null,
  thresholdMs: number,
  means: { locate: FrameLocator['locateStack']; threadTime: GivenTime['readThread'] },
): Pick<LoopWatch, 'stalls' | 'delays'> {
  if (loop === null) {
    const reason =
      'the diagnostics are mounted on the observed thread itself, which only startDiagnostics and the preload leave free to watch it';
    return { stalls: unwatchedLoop(reason), delays: null };
  }
  const { heartbeat, quickHeartbeat, inspector } = loop;
  if (heartbeat === null || quickHeartbeat === null) {
    const reason = 'watching is switched off (option stallThresholdMs, PPROFQL_STALL_MS)';
    return { stalls: unwatchedLoop(reason), delays: null };
  }
  return {
    stalls: startStallWatch({ heartbeat, thresholdMs, inspector, ...means }),
    delays: startDelayWatch({ heartbeat: quickHeartbeat, inspector, ...means }),
  };
}
