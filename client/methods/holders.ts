/** The client's part for what holds an allocation, and which tasks nobody can settle. */

import type { Answered } from '../core/query/answered.ts';
import type { RequestOptions, TargetAccess } from '../core/query/query.ts';
import {
  CancelHoldersDocument,
  HoldersEstimateDocument,
  type HoldersEstimateQuery,
  type HoldersFragment,
  HoldersStatusDocument,
  type HoldersStatusQuery,
  ProveTasksDocument,
  TakeHoldersDocument,
  type TaskProofsFragment,
} from '../generated/graphql.ts';

export type Holders = HoldersFragment;
export type TaskProofs = TaskProofsFragment;
export type HoldersEstimate = Answered<HoldersEstimateQuery>['holdersEstimate'];
export type HoldersSearch = NonNullable<HoldersStatusQuery['holdersStatus']>;

export interface HolderMethods {
  /**
   * Finds who holds what a stack has allocated, by a heap snapshot that is read and thrown away: it
   * stops the program, for no longer than about `maxPauseMs`. Rejects with the code `PAUSE_BUDGET_SPENT`
   * where more is expected, which `holdersEstimate` tells beforehand. The signal ends the search.
   *
   * @param allocation `id` or `stackId` of a row of the allocation tables or of a diff
   */
  holders(allocation: string, options: RequestOptions & { maxPauseMs: number }): Promise<Holders>;
  /**
   * Finds the tasks that provably nobody can settle any more, in the same way, at the same cost and with the
   * same refusals; those that merely wait are told with what can still settle them.
   */
  proveTasks(options: RequestOptions & { maxPauseMs: number }): Promise<TaskProofs>;
  /** What that would cost now; nothing is stopped for it. */
  holdersEstimate(options?: RequestOptions): Promise<HoldersEstimate>;
  /** The search that is under way, whoever asked for it; null when there is none. */
  holdersStatus(options?: RequestOptions): Promise<HoldersSearch | null>;
  /** Ends the search that is under way; false when there was none. */
  cancelHolders(options?: RequestOptions): Promise<boolean>;
}

export function createHolderMethods({ ask, change }: TargetAccess): HolderMethods {
  return {
    holders: (allocation, options) => change(TakeHoldersDocument, { ...options, allocation }),
    proveTasks: (options) => change(ProveTasksDocument, options),
    holdersEstimate: (options) => ask(HoldersEstimateDocument, options),
    holdersStatus: (options) => ask(HoldersStatusDocument, options),
    cancelHolders: (options) => change(CancelHoldersDocument, options),
  };
}
