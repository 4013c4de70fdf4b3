/** Everything the page knows, made once per page: the connection, the feed and the sources. */
import { createContext, useContext } from 'react';
import {
  AllocationsDocument,
  type AllocationsQuery,
  EventLoopDocument,
  type EventLoopQuery,
  StallsDocument,
  type StallsQuery,
  TasksDocument,
  type TasksQuery,
} from '../../generated/graphql.ts';
import { createLink, type Link } from '../connection/link.ts';
import { type CpuRecorder, createCpuRecorder } from '../cpu/recorder.ts';
import { createStore, type Store } from '../shared/store.ts';
import { type Feed, startFeed } from './feed.ts';
import { createSource, type Source } from './source.ts';
import { onWake } from './wake.ts';

export interface Observatory {
  link: Link;
  feed: Feed;
  tasks: Source<TasksQuery>;
  allocations: Source<AllocationsQuery>;
  /** What the event loop does now, and how many stalls there were. */
  eventLoop: Source<EventLoopQuery>;
  stalls: Source<StallsQuery>;
  cpu: CpuRecorder;
  /** While true nothing on screen moves; the charts' data is still collected. */
  isPaused: Store<boolean>;
}

/** With a fast collector the task list would otherwise be read many times a second. */
const TASKS_REFRESH_MS = 5_000;
/** Points may be far apart; a program that hangs is named sooner. Costs it nothing. */
const EVENT_LOOP_REFRESH_MS = 2_000;

export function createObservatory(pageUrl: string): Observatory {
  const link = createLink(pageUrl);
  const feed = startFeed(link);
  const tasks = createSource(link, TasksDocument);
  const allocations = createSource(link, AllocationsDocument);
  const eventLoop = createSource(link, EventLoopDocument);
  const stalls = createSource(link, StallsDocument);
  const cpu = createCpuRecorder(link);
  const isPaused = createStore(false);

  const isWatched = () => document.visibilityState === 'visible' && !isPaused.get();
  let askedAtMs = 0;
  const followPoints = () => {
    if (!isWatched() || Date.now() - askedAtMs < TASKS_REFRESH_MS) return;
    askedAtMs = Date.now();
    void tasks.refresh();
  };
  feed.series.subscribe(followPoints);
  document.addEventListener('visibilitychange', followPoints);
  setInterval(() => {
    const isUnwatched = (eventLoop.state.get().data?.eventLoop.unwatchedReason ?? null) !== null;
    if (isWatched() && link.state.get().phase === 'live' && !isUnwatched) void eventLoop.refresh();
  }, EVENT_LOOP_REFRESH_MS);
  onWake(feed.retryNow);
  return { link, feed, tasks, allocations, eventLoop, stalls, cpu, isPaused };
}

const ObservatoryContext = createContext<Observatory | null>(null);
export const ObservatoryProvider = ObservatoryContext.Provider;

export function useObservatory(): Observatory {
  const observatory = useContext(ObservatoryContext);
  if (observatory === null) throw new Error('useObservatory is used outside its provider');
  return observatory;
}
