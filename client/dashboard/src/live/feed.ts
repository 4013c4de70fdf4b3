/** Keeps the metrics subscription alive for as long as the page is open. */
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
  /** Tries at once instead of waiting for the next attempt. */
  retryNow(): void;
}

export function startFeed(link: Link): Feed {
  const series = createStore<Series>(EMPTY_SERIES);
  let retryMs = FIRST_RETRY_MS;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let unsubscribe = () => {};

  function open(after: number | null): void {
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
      .client.subscription(MetricsHistoryDocument, { after })
      .subscribe(({ data, error, hasNext }) => {
        if (isOver) return;
        if (data?.metricsHistory) receive(data.metricsHistory, after);
        if (error) refuse(error);
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
    if (isResumedIntoAnotherStart(series.get(), after, points)) open(null);
    else series.set(addPoints(series.get(), points));
  }

  function refuse(error: CombinedError): void {
    if (isUnauthenticated(error)) link.report('unauthorized');
  }

  function scheduleRetry(): void {
    if (timer !== undefined || link.state.get().phase === 'unauthorized') return;
    timer = setTimeout(() => open(lastSequence(series.get())), retryMs);
    retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS);
  }

  function retryNow(): void {
    retryMs = FIRST_RETRY_MS;
    link.reset();
    open(lastSequence(series.get()));
  }

  let client = link.state.get().client;
  link.state.subscribe(() => {
    const state = link.state.get();
    if (state.client !== client) {
      client = state.client;
      open(lastSequence(series.get()));
    } else if (state.phase === 'lost') scheduleRetry();
  });
  open(null);
  return { series, retryNow };
}

function isUnauthenticated(error: CombinedError): boolean {
  const response = error.response as Response | undefined;
  return (
    response?.status === 401 ||
    error.graphQLErrors.some(({ extensions }) => extensions.code === 'UNAUTHENTICATED')
  );
}
