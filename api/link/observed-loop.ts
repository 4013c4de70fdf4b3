/** What the observed thread offers so that another one can watch its loop, and what that one makes of it. */

import { isMainThread } from 'node:worker_threads';
import { ownProcess } from '../base/builtins.ts';
import { randomId } from '../base/random-id.ts';
import type { ObservedProbe } from '../probe/probe.ts';
import { beatPeriodMs, type Heartbeat, startHeartbeat } from './heartbeat.ts';
import { inspectMainThread, type MainThreadInspector } from './inspector.ts';
import { exposeToInspector, type TargetAddress } from './inspector-target.ts';
import { offerQuickHeartbeat, type QuickHeartbeatOffer } from './quick-heartbeat.ts';
import { inspectThreads, type ThreadsInspector } from './threads.ts';

/** Crosses to the other thread. */
export interface LoopOffer {
  /** Null where stalls are not to be watched. */
  heartbeat: SharedArrayBuffer | null;
  /** For short delays; null where stalls are not to be watched. */
  quickHeartbeat: QuickHeartbeatOffer | null;
  /** Null where the observed thread is not the main one, no other can be inspected, or the program may not be. */
  target: TargetAddress | null;
}

export interface OfferedLoop {
  offer: LoopOffer;
  /** Whether the other thread is connected to this one's inspector just now. */
  isConnected(): boolean;
  /** To be told that the loop turns just now. */
  turned(): void;
  /** Takes the heartbeat and the target out of the thread again. */
  withdraw(): void;
}

/** @param stallThresholdMs 0 offers no heartbeat */
export function offerLoop(probe: ObservedProbe, stallThresholdMs: number): OfferedLoop {
  const { heartbeat, quickHeartbeat, turned, stop } = startHeartbeats(stallThresholdMs);
  const exposed =
    isMainThread && mayBeInspected() ? exposeToInspector(probe, `pprofql.${randomId()}`) : null;
  return {
    offer: { heartbeat, quickHeartbeat, target: exposed?.address ?? null },
    isConnected: () => exposed?.isConnected() ?? false,
    turned,
    withdraw() {
      stop();
      exposed?.remove();
    },
  };
}

/** Under the permission model connecting fails; Node 26 aborts the process. */
function mayBeInspected(): boolean {
  return ownProcess.permission?.has('inspector') ?? true;
}

type Heartbeats = Pick<LoopOffer, 'heartbeat' | 'quickHeartbeat'> &
  Pick<OfferedLoop, 'turned'> &
  Pick<Heartbeat, 'stop'>;

function startHeartbeats(stallThresholdMs: number): Heartbeats {
  if (stallThresholdMs <= 0) {
    return { heartbeat: null, quickHeartbeat: null, turned() {}, stop() {} };
  }
  const quick = offerQuickHeartbeat();
  const heartbeat = startHeartbeat(beatPeriodMs(stallThresholdMs), stallThresholdMs, {
    onBeat: quick.follow,
  });
  return {
    heartbeat: heartbeat.shared,
    quickHeartbeat: quick.offer,
    turned: heartbeat.beat,
    stop() {
      heartbeat.stop();
      quick.stop();
    },
  };
}

/** How another thread tells what the observed loop does while it does not answer. */
export interface LoopAccess {
  /** Null where stalls are not watched. */
  heartbeat: SharedArrayBuffer | null;
  /** Null where stalls are not watched. */
  quickHeartbeat: QuickHeartbeatOffer | null;
  /** Null where the observed thread cannot be looked into. */
  inspector: MainThreadInspector | null;
  /** The way to its worker threads; null like `inspector`. */
  threads: ThreadsInspector | null;
}

export function accessLoop({ target, ...heartbeats }: LoopOffer): LoopAccess {
  return {
    ...heartbeats,
    inspector: target === null ? null : inspectMainThread(target),
    threads: target === null ? null : inspectThreads(target.exitGuard),
  };
}
