/** Keeps the metrics subscription of a target alive for as long as it is looked at. */
import type { CombinedError } from 'urql';
import { MetricsHistoryDocument, type PointFragment } from '../../generated/graphql.ts';
import type { Link } from '../connection/link.ts';
import { createStore, type Store } from '../shared/store.ts';
import {
  addPoints,
  EMPTY_SERIES,
  isResumedIntoAnotherStart,
  lastSequence,
  type Series,
} from './series.ts';

const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 5_000;

export interface Feed {
  series: Store<Series>;
  /** Subscribes. @returns a function that ends it; the points are kept, and continued by the next */
  open(): () => void;
  /** Tries at once instead of waiting for the next attempt. */
  retryNow(): void;
}

export function createFeed(link: Link, target: string | null): Feed {
  const series = createStore<Series>(EMPTY_SERIES);
  let retryMs = FIRST_RETRY_MS;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let unsubscribe = () => {};

  function subscribe(after: number | null): void {
    clearTimeout(timer);
    timer = undefined;
    unsubscribe();
    let isOver = false;
    const end = () => {
      if (isOver) return;
      isOver = true;
      link.report('lost');
      scheduleRetry();
    };
    const subscription = link.state
      .get()
      .client.subscription(MetricsHistoryDocument, { after, target })
      .subscribe(({ data, error, hasNext }) => {
        if (isOver) return;
        if (data?.metricsHistory) receive(data.metricsHistory, after);
        // The page says so as soon as it has the list of targets; asking again would not help.
        if (error && hasCode(error, 'NOT_FOUND')) isOver = true;
        else if (error) refuse(error);
        if (error || !hasNext) end();
      });
    unsubscribe = () => {
      isOver = true;
      subscription.unsubscribe();
    };
  }

  function receive(points: PointFragment[], after: number | null): void {
    link.report('live');
    retryMs = FIRST_RETRY_MS;
    if (isResumedIntoAnotherStart(series.get(), after, points)) subscribe(null);
    else series.set(addPoints(series.get(), points));
  }

  function refuse(error: CombinedError): void {
    if (isUnauthenticated(error)) link.report('unauthorized');
  }

  function scheduleRetry(): void {
    if (timer !== undefined || link.state.get().phase === 'unauthorized') return;
    timer = setTimeout(resume, retryMs);
    retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS);
  }

  function retryNow(): void {
    retryMs = FIRST_RETRY_MS;
    link.reset();
    resume();
  }

  function resume(): void {
    subscribe(lastSequence(series.get()));
  }

  function open(): () => void {
    let { client } = link.state.get();
    const unfollow = link.state.subscribe(() => {
      const state = link.state.get();
      if (state.client !== client) {
        client = state.client;
        resume();
      } else if (state.phase === 'lost') scheduleRetry();
    });
    resume();
    return () => {
      unfollow();
      unsubscribe();
      clearTimeout(timer);
      timer = undefined;
    };
  }

  return { series, open, retryNow };
}

function isUnauthenticated(error: CombinedError): boolean {
  const response = error.response as Response | undefined;
  return response?.status === 401 || hasCode(error, 'UNAUTHENTICATED');
}

function hasCode(error: CombinedError, code: string): boolean {
  return error.graphQLErrors.some(({ extensions }) => extensions.code === code);
}
