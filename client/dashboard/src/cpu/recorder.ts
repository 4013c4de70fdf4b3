/** Takes CPU profiles; lives as long as the page, so that a visit to another section ends none. */
import type { CombinedError } from 'urql';
import {
  CpuProfileListDocument,
  type CpuProfileListQuery,
  EndCpuProfileDocument,
  TakeCpuProfileDocument,
  type TakeCpuProfileQuery,
} from '../../generated/graphql.ts';
import type { Link } from '../connection/link.ts';
import { createSource, explain, type Source } from '../live/source.ts';
import { createStore, type Store } from '../shared/store.ts';

export interface Attempt {
  /** True from the click until the profile is here. */
  isPending: boolean;
  /** Why the last attempt gave no profile, as a sentence; null where it did. */
  refusal: string | null;
}

export interface CpuRecorder {
  /** The profiles that are kept, and the one that is being taken, by whomever. */
  list: Source<CpuProfileListQuery>;
  attempt: Store<Attempt>;
  /** Settles when it is taken. @returns its id, or null where there is none: see `attempt` */
  take(seconds: number): Promise<string | null>;
  /** Ends the one that is being taken. @param keep whether what was sampled until now is kept */
  end(id: string, keep: boolean): Promise<void>;
}

export function createCpuRecorder(link: Link, target: string | null): CpuRecorder {
  const list = createSource(link, CpuProfileListDocument, target);
  const attempt = createStore<Attempt>({ isPending: false, refusal: null });
  const client = () => link.state.get().client;

  async function take(seconds: number): Promise<string | null> {
    attempt.set({ isPending: true, refusal: null });
    const request = { seconds, target };
    const { data, error } = await client().query(TakeCpuProfileDocument, request).toPromise();
    const result = data?.cpuProfile;
    attempt.set({ isPending: false, refusal: refusalOf(result, error) });
    await list.refresh();
    return result?.__typename === 'CpuProfile' ? result.id : null;
  }

  async function end(id: string, keep: boolean): Promise<void> {
    const request = { id, keep, target };
    const { error } = await client().mutation(EndCpuProfileDocument, request).toPromise();
    if (error) attempt.set({ ...attempt.get(), refusal: explain(error) });
    await list.refresh();
  }

  return { list, attempt, take, end };
}

function refusalOf(
  result: TakeCpuProfileQuery['cpuProfile'] | undefined,
  error: CombinedError | undefined,
): string | null {
  switch (result?.__typename) {
    case 'CpuProfile':
      return null;
    case 'CpuProfileCancelled':
      return 'The profile was cancelled; nothing of it is kept.';
    case 'ProfileAlreadyRunning':
      return result.message;
    default:
      return explain(error);
  }
}
