/** Takes captures and compares them; lives as long as the page, so that no visit elsewhere loses any. */

import type { Answered } from '../../../core/query/answered.ts';

import { askTarget } from '../../../core/query/target-query.ts';

import {
  CapturesDocument,
  type CapturesQuery,
  CompareDocument,
  type CompareQuery,
  ForgetCaptureDocument,
  TakeCaptureDocument,
} from '../../generated/graphql.ts';
import type { Link } from '../connection/link.ts';
import { createSource, explain, type Source } from '../live/source.ts';
import { createStore, type Store } from '../state/store.ts';

/** From the earlier to the later moment, whichever was named first. */
export interface Comparison {
  base: string;
  /** Null: the moment in which it was asked for. */
  with: string | null;
  diff: Answered<CompareQuery>['diff'];
}

export interface CaptureAttempt {
  /** What is under way; a read of the heap waits until it may pause the program. */
  doing: 'capture' | 'comparison' | null;
  /** What the last one has to say: why it failed, or what it displaced; null for nothing. */
  remark: string | null;
}

export interface CaptureDesk {
  list: Source<Answered<CapturesQuery>>;
  attempt: Store<CaptureAttempt>;
  /** The last one; null before the first. */
  comparison: Store<Comparison | null>;
  /** @returns false where it was refused: see `attempt` */
  take(name: string): Promise<boolean>;
  forget(name: string): Promise<void>;
  /** @param other null: now */
  compare(base: string, other: string | null): Promise<void>;
}

export function createCaptureDesk(link: Link, target: string | null): CaptureDesk {
  const list = createSource(link, CapturesDocument, target);
  const attempt = createStore<CaptureAttempt>({ doing: null, remark: null });
  const comparison = createStore<Comparison | null>(null);

  async function take(name: string): Promise<boolean> {
    attempt.set({ doing: 'capture', remark: null });
    let isTaken = false;
    try {
      const { capture } = await link.ask(TakeCaptureDocument, { name, target });
      isTaken = true;
      const displaced = capture?.displaced ?? null;
      const remark = displaced && `There were too many: “${displaced}” was given up.`;
      attempt.set({ doing: null, remark });
    } catch (error) {
      attempt.set({ doing: null, remark: explain(error) });
    }
    dropComparisonOf(name);
    await list.refresh();
    return isTaken;
  }

  async function forget(name: string): Promise<void> {
    try {
      await link.ask(ForgetCaptureDocument, { name, target });
      dropComparisonOf(name);
    } catch (error) {
      attempt.set({ ...attempt.get(), remark: explain(error) });
    }
    await list.refresh();
  }

  /** What has this name now is something else. */
  function dropComparisonOf(name: string): void {
    const shown = comparison.get();
    if (shown?.base === name || shown?.with === name) comparison.set(null);
  }

  /** The list is oldest first. */
  function inOrder(base: string, other: string | null): [string, string | null] {
    const age = (name: string) =>
      list.state.get().data?.captures.findIndex((capture) => capture.name === name) ?? -1;
    return other !== null && age(other) < age(base) ? [other, base] : [base, other];
  }

  async function compare(base: string, other: string | null): Promise<void> {
    if (attempt.get().doing !== null) return;
    attempt.set({ doing: 'comparison', remark: null });
    const [earlier, later] = inOrder(base, other);
    try {
      const { diff } = await askTarget(link.ask, target, CompareDocument, {
        base: earlier,
        to: later,
      });
      comparison.set({ base, with: other, diff });
      attempt.set({ doing: null, remark: null });
    } catch (error) {
      attempt.set({ doing: null, remark: explain(error) });
    }
  }

  return { list, attempt, comparison, take, forget, compare };
}
