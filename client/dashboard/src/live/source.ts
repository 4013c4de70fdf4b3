/** One query that is asked again and again: its last good answer, and what is wrong, if anything. */
import type { TypedDocumentNode } from 'urql';
import { DiagnosticsRequestError } from '../../../core/errors/errors.ts';
import type { Answered } from '../../../core/query/answered.ts';

import { askTarget } from '../../../core/query/target-query.ts';

import type { Link } from '../connection/link.ts';
import { createStore, type Store } from '../state/store.ts';

export interface SourceState<T> {
  /** The last good answer; null before one. */
  data: T | null;
  /** The first good answer of the same process start: what growth is measured from. */
  baseline: T | null;
  /** When `baseline` came, in milliseconds of the page's clock. */
  baselineAtMs: number | null;
  /** When `data` came; null before. */
  receivedAtMs: number | null;
  /** Why the last attempt failed, as a sentence; null after a success. */
  error: string | null;
  isFetching: boolean;
}

export interface Source<T> {
  state: Store<SourceState<T>>;
  /** Asks again, unless an answer is on its way. Settles when it is here; never rejects. */
  refresh(): Promise<void>;
}

type FromOneStart = { process: { instanceId: string } | null };

export function createSource<T extends FromOneStart>(
  link: Link,
  document: TypedDocumentNode<T, Record<string, never>>,
  target: string | null,
): Source<Answered<T>> {
  const state = createStore<SourceState<Answered<T>>>({
    data: null,
    baseline: null,
    baselineAtMs: null,
    receivedAtMs: null,
    error: null,
    isFetching: false,
  });

  async function refresh(): Promise<void> {
    if (state.get().isFetching) return;
    state.set({ ...state.get(), isFetching: true });
    try {
      take(await askTarget(link.ask, target, document, {}));
    } catch (error) {
      state.set({ ...state.get(), isFetching: false, error: explain(error) });
    }
  }

  function take(data: Answered<T>): void {
    const before = state.get();
    const receivedAtMs = Date.now();
    const isSameStart = before.baseline?.process.instanceId === data.process.instanceId;
    state.set({
      data,
      baseline: isSameStart ? before.baseline : data,
      baselineAtMs: isSameStart ? before.baselineAtMs : receivedAtMs,
      receivedAtMs,
      error: null,
      isFetching: false,
    });
  }

  return { state, refresh };
}

/** What is wrong, in one sentence. */
export function explain(error: unknown): string {
  if (error instanceof DiagnosticsRequestError) return error.errors[0]?.message ?? error.message;
  return 'The process could not be reached.';
}
