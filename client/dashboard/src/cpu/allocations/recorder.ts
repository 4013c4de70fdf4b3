/** Takes allocation profiles; lives as long as the page, so that a visit to another section ends none. */
import type { Answered } from '../../../../core/query/answered.ts';
import {
  type AllocationProfileDetailFragment,
  AllocationProfileStatusDocument,
  type AllocationProfileStatusQuery,
  EndAllocationProfileDocument,
  TakeAllocationProfileDocument,
} from '../../../generated/graphql.ts';
import type { Link } from '../../connection/link.ts';
import { createSource, explain, type Source } from '../../live/source.ts';
import { createStore, type Store } from '../../state/store.ts';
import type { Attempt } from '../recording/recorder.ts';

export type AllocationProfile = AllocationProfileDetailFragment;

export interface AllocationRecorder {
  /** The profile that is being taken, by whomever. */
  status: Source<Answered<AllocationProfileStatusQuery>>;
  attempt: Store<Attempt>;
  /** The last one that was taken here: they are not kept elsewhere. Null before. */
  last: Store<AllocationProfile | null>;
  /** Settles when it is taken: see `last`, and `attempt` where there is none. */
  take(seconds: number): Promise<void>;
  /** Ends the one that is being taken. @param keep whether what was sampled until now is kept */
  end(id: string, keep: boolean): Promise<void>;
}

export function createAllocationRecorder(link: Link, target: string | null): AllocationRecorder {
  const status = createSource(link, AllocationProfileStatusDocument, target);
  const attempt = createStore<Attempt>({ isPending: false, refusal: null });
  const last = createStore<AllocationProfile | null>(null);

  async function take(seconds: number): Promise<void> {
    attempt.set({ isPending: true, refusal: null });
    const refusal = await tryToTake(seconds);
    attempt.set({ isPending: false, refusal });
    await status.refresh();
  }

  /** @returns why there is none; null where there is one */
  async function tryToTake(seconds: number): Promise<string | null> {
    try {
      const { takeAllocationProfile: result } = await link.ask(TakeAllocationProfileDocument, {
        seconds,
        target,
      });
      switch (result?.__typename) {
        case 'TakenAllocationProfile':
          last.set(result);
          return null;
        case 'AllocationProfileCancelled':
          return 'The profile was cancelled; nothing of it is kept.';
        case 'AllocationProfileAlreadyRunning':
          return result.message;
        default:
          return 'The server sent no profile.';
      }
    } catch (error) {
      return explain(error);
    }
  }

  async function end(id: string, keep: boolean): Promise<void> {
    try {
      await link.ask(EndAllocationProfileDocument, { id, keep, target });
    } catch (error) {
      attempt.set({ ...attempt.get(), refusal: explain(error) });
    }
    await status.refresh();
  }

  return { status, attempt, last, take, end };
}
