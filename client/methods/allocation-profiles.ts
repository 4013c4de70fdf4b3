/** The client's part for allocation profiles. */
import type { Answered } from '../core/query/answered.ts';
import type { RequestOptions, TargetAccess } from '../core/query/query.ts';
import {
  AllocationProfileStatusDocument,
  CancelAllocationProfileDocument,
  type RunningAllocationProfileFragment,
  TakeAllocationProfileDocument,
  type TakeAllocationProfileMutation,
} from '../generated/graphql.ts';

export type RunningAllocationProfile = RunningAllocationProfileFragment;
/** Told apart by `__typename`. */
export type AllocationProfileResult =
  Answered<TakeAllocationProfileMutation>['takeAllocationProfile'];

export interface AllocationProfileMethods {
  /**
   * What the observed thread allocates in so many seconds, freed objects included, on every Node.
   * Settles when it is done; the signal ends it. There is one at a time:
   * `AllocationProfileAlreadyRunning` says until when. Rejects with the code `PAUSE_BUDGET_SPENT` where
   * the pause budget does not allow the short stop that it begins with.
   * @default seconds: 5
   */
  takeAllocationProfile(
    options?: RequestOptions & { seconds?: number },
  ): Promise<AllocationProfileResult>;
  /** The profile that is being taken, by whomever; null when there is none. */
  allocationProfileStatus(options?: RequestOptions): Promise<RunningAllocationProfile | null>;
  /**
   * Ends the profile that is being taken, by whomever, and throws it away, or ends it early with
   * `keep`. False when there was none (or not the one with `id`).
   * @default keep: false
   */
  cancelAllocationProfile(
    options?: RequestOptions & { id?: string; keep?: boolean },
  ): Promise<boolean>;
}

export function createAllocationProfileMethods({
  ask,
  change,
}: TargetAccess): AllocationProfileMethods {
  return {
    takeAllocationProfile: (options) => change(TakeAllocationProfileDocument, options),
    allocationProfileStatus: (options) => ask(AllocationProfileStatusDocument, options),
    cancelAllocationProfile: (options) => change(CancelAllocationProfileDocument, options),
  };
}
