/** Everything the page knows of one target: its feed and the sources. */

import { createContext, useContext } from 'react';
import type { Answered } from '../../../core/query/answered.ts';
import {
  AllocationsDocument,
  type AllocationsQuery,
  EventLoopDocument,
  type EventLoopQuery,
  ExternalAllocationsDocument,
  type ExternalAllocationsQuery,
  RequestsDocument,
  type RequestsQuery,
  StallsDocument,
  type StallsQuery,
  type TargetFragment,
  TasksDocument,
  type TasksQuery,
} from '../../generated/graphql.ts';
import { type CaptureDesk, createCaptureDesk } from '../captures/capture-desk.ts';
import type { Link } from '../connection/link.ts';
import { type AllocationRecorder, createAllocationRecorder } from '../cpu/allocations/recorder.ts';
import { type CpuRecorder, createCpuRecorder } from '../cpu/recording/recorder.ts';
import { createStore, type Store, useStore } from '../state/store.ts';
import { createFeed, type Feed } from './feed.ts';
import { createHealthFeed, type HealthFeed } from './health-feed.ts';
import { hasGoroutines } from './kind.ts';
import { createSource, type Source } from './source.ts';
import { findTarget } from './targets.ts';
import { onWake } from './wake.ts';

export interface Observatory {
  link: Link;
  /** All that can be watched, the default one first. */
  targets: Store<readonly TargetFragment[]>;
  /** Name of the one that is watched; null: the default one. */
  target: string | null;
  feed: Feed;
  /** What is wrong with it, as the API judges it. */
  health: HealthFeed;
  tasks: Source<Answered<TasksQuery>>;
  allocations: Source<Answered<AllocationsQuery>>;
  /** Memory outside the heap. Asked for only while somebody looks at it. */
  external: Source<Answered<ExternalAllocationsQuery>>;
  /** What the event loop does now, and how many stalls there were. */
  eventLoop: Source<Answered<EventLoopQuery>>;
  stalls: Source<Answered<StallsQuery>>;
  /** Asked for only while somebody looks at them. */
  requests: Source<Answered<RequestsQuery>>;
  cpu: CpuRecorder;
  allocationRecorder: AllocationRecorder;
  captures: CaptureDesk;
  /** While true nothing on screen moves; the charts' data is still collected. */
  isPaused: Store<boolean>;
  /** Begins to watch. @returns a function that ends it; what is known is kept */
  watch(): () => void;
}

/** With a fast collector the task list would otherwise be read many times a second. */
const TASKS_REFRESH_MS = 5_000;
/** Go stops the world for a dump of its goroutines: seldom, unless somebody reads them. */
const GOROUTINES_REFRESH_MS = 60_000;
const READ_GOROUTINES_REFRESH_MS = 15_000;
/** Reading them takes this share of the time at most. */
const GOROUTINES_SHARE = 0.02;
/** Points may be far apart; a program that hangs is named sooner. Costs it nothing. */
const EVENT_LOOP_REFRESH_MS = 2_000;

export function createObservatory(
  link: Link,
  targets: Store<readonly TargetFragment[]>,
  target: string | null,
): Observatory {
  const feed = createFeed(link, target);
  const health = createHealthFeed(link, target);
  const tasks = createSource(link, TasksDocument, target);
  const allocations = createSource(link, AllocationsDocument, target);
  const eventLoop = createSource(link, EventLoopDocument, target);
  const stalls = createSource(link, StallsDocument, target);
  const requests = createSource(link, RequestsDocument, target);
  const external = createSource(link, ExternalAllocationsDocument, target);
  const cpu = createCpuRecorder(link, target);
  const allocationRecorder = createAllocationRecorder(link, target);
  const captures = createCaptureDesk(link, target);
  const isPaused = createStore(false);

  const isWatched = () => document.visibilityState === 'visible' && !isPaused.get();
  let askedAtMs = 0;
  let lastedMs = 0;
  const refreshMs = () => {
    if (!hasGoroutines(findTarget(targets.get(), target)?.kind ?? null)) return TASKS_REFRESH_MS;
    const isRead = new URLSearchParams(window.location.search).get('view') === 'tasks';
    const gentleMs = isRead ? READ_GOROUTINES_REFRESH_MS : GOROUTINES_REFRESH_MS;
    return Math.max(gentleMs, lastedMs / GOROUTINES_SHARE);
  };
  const followPoints = async () => {
    if (!isWatched() || Date.now() - askedAtMs < refreshMs()) return;
    askedAtMs = Date.now();
    await tasks.refresh();
    lastedMs = Date.now() - askedAtMs;
  };
  const followLoop = () => {
    const isUnwatched = (eventLoop.state.get().data?.eventLoop.unwatchedReason ?? null) !== null;
    if (isWatched() && link.state.get().phase === 'live' && !isUnwatched) void eventLoop.refresh();
  };

  function watch(): () => void {
    const close = feed.open();
    const closeHealth = health.open();
    const unfollow = feed.series.subscribe(() => void followPoints());
    document.addEventListener('visibilitychange', followPoints);
    const timer = setInterval(followLoop, EVENT_LOOP_REFRESH_MS);
    const endWake = onWake(feed.retryNow);
    return () => {
      endWake();
      clearInterval(timer);
      document.removeEventListener('visibilitychange', followPoints);
      unfollow();
      closeHealth();
      close();
      isPaused.set(false);
    };
  }

  return {
    link,
    targets,
    target,
    feed,
    health,
    tasks,
    allocations,
    external,
    eventLoop,
    stalls,
    requests,
    cpu,
    allocationRecorder,
    captures,
    isPaused,
    watch,
  };
}

const ObservatoryContext = createContext<Observatory | null>(null);
export const ObservatoryProvider = ObservatoryContext.Provider;

export function useObservatory(): Observatory {
  const observatory = useContext(ObservatoryContext);
  if (observatory === null) throw new Error('useObservatory is used outside its provider');
  return observatory;
}

/** The target that is watched; null before the list is known. */
export function useTarget(): TargetFragment | null {
  const { targets, target } = useObservatory();
  return findTarget(useStore(targets), target);
}

/** Whether its tasks are goroutines. */
export function useIsGo(): boolean {
  return hasGoroutines(useTarget()?.kind ?? null);
}
