/** Takes CPU profiles; lives as long as the page, so that a visit to another section ends none. */
import type { Answered } from '../../../../core/query/answered.ts';
import {
  CpuProfileListDocument,
  type CpuProfileListQuery,
  EndCpuProfileDocument,
  TakeCpuProfileDocument,
} from '../../../generated/graphql.ts';
import type { Link } from '../../connection/link.ts';
import { createSource, explain, type Source } from '../../live/source.ts';
import { createStore, type Store } from '../../state/store.ts';

export interface Attempt {
  /** True from the click until the profile is here. */
  isPending: boolean;
  /** Why the last attempt gave no profile, as a sentence; null where it did. */
  refusal: string | null;
}

export interface CpuRecorder {
  /** The profiles that are kept, and the one that is being taken, by whomever. */
  list: Source<Answered<CpuProfileListQuery>>;
  attempt: Store<Attempt>;
  /** Settles when it is taken. @returns its id, or null where there is none: see `attempt` */
  take(seconds: number): Promise<string | null>;
  /** Ends the one that is being taken. @param keep whether what was sampled until now is kept */
  end(id: string, keep: boolean): Promise<void>;
}

export function createCpuRecorder(link: Link, target: string | null): CpuRecorder {
  const list = createSource(link, CpuProfileListDocument, target);
  const attempt = createStore<Attempt>({ isPending: false, refusal: null });

  async function take(seconds: number): Promise<string | null> {
    attempt.set({ isPending: true, refusal: null });
    const { id, refusal } = await tryToTake(seconds);
    attempt.set({ isPending: false, refusal });
    await list.refresh();
    return id;
  }

  async function tryToTake(
    seconds: number,
  ): Promise<{ id: string | null; refusal: string | null }> {
    try {
      const { takeCpuProfile: result } = await link.ask(TakeCpuProfileDocument, {
        seconds,
        target,
      });
      switch (result?.__typename) {
        case 'CpuProfile':
          return { id: result.id, refusal: null };
        case 'CpuProfileCancelled':
          return { id: null, refusal: 'The profile was cancelled; nothing of it is kept.' };
        case 'ProfileAlreadyRunning':
          return { id: null, refusal: result.message };
        default:
          return { id: null, refusal: 'The server sent no profile.' };
      }
    } catch (error) {
      return { id: null, refusal: explain(error) };
    }
  }

  async function end(id: string, keep: boolean): Promise<void> {
    try {
      await link.ask(EndCpuProfileDocument, { id, keep, target });
    } catch (error) {
      attempt.set({ ...attempt.get(), refusal: explain(error) });
    }
    await list.refresh();
  }

  return { list, attempt, take, end };
}
