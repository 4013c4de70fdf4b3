/** Everything the page knows, made once per page: the connection, the feed and the sources. */
import { createContext, useContext } from 'react';
import {
  AllocationsDocument,
  type AllocationsQuery,
  TasksDocument,
  type TasksQuery,
} from '../../generated/graphql.ts';
import { createLink, type Link } from '../connection/link.ts';
import { createStore, type Store } from '../shared/store.ts';
import { type Feed, startFeed } from './feed.ts';
import { createSource, type Source } from './source.ts';
import { onWake } from './wake.ts';

export interface Observatory {
  link: Link;
  feed: Feed;
  tasks: Source<TasksQuery>;
  allocations: Source<AllocationsQuery>;
  /** While true nothing on screen moves; the charts' data is still collected. */
  isPaused: Store<boolean>;
}

/** With a fast collector the task list would otherwise be read many times a second. */
const TASKS_REFRESH_MS = 5_000;

export function createObservatory(pageUrl: string): Observatory {
  const link = createLink(pageUrl);
  const feed = startFeed(link);
  const tasks = createSource(link, TasksDocument);
  const allocations = createSource(link, AllocationsDocument);
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
  onWake(feed.retryNow);
  return { link, feed, tasks, allocations, isPaused };
}

const ObservatoryContext = createContext<Observatory | null>(null);
export const ObservatoryProvider = ObservatoryContext.Provider;

export function useObservatory(): Observatory {
  const observatory = useContext(ObservatoryContext);
  if (observatory === null) throw new Error('useObservatory is used outside its provider');
  return observatory;
}
