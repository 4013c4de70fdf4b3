/** The client's part for CPU profiles. */

import type { Answered } from '../core/query/answered.ts';
import type { RequestOptions, TargetAccess } from '../core/query/query.ts';
import {
  CancelCpuProfileDocument,
  type CpuProfileFragment,
  CpuProfileStatusDocument,
  CpuProfilesDocument,
  type RunningCpuProfileFragment,
  TakeCpuProfileDocument,
  type TakeCpuProfileMutation,
} from '../generated/graphql.ts';

export type CpuProfile = CpuProfileFragment;
export type RunningCpuProfile = RunningCpuProfileFragment;
/** Told apart by `__typename`. */
export type CpuProfileResult = Answered<TakeCpuProfileMutation>['takeCpuProfile'];

export interface CpuProfileMethods {
  /**
   * Takes a CPU profile of the observed thread, also while its event loop is stuck. Settles when it
   * is done; the signal ends it. There is one at a time: `ProfileAlreadyRunning` says until when.
   * @default seconds: 5
   */
  takeCpuProfile(options?: RequestOptions & { seconds?: number }): Promise<CpuProfileResult>;
  /** The last few, newest first; with `id` that one or none. */
  cpuProfiles(options?: RequestOptions & { id?: string }): Promise<CpuProfile[]>;
  /** The profile that is being taken, by whomever; null when there is none. */
  cpuProfileStatus(options?: RequestOptions): Promise<RunningCpuProfile | null>;
  /**
   * Ends the profile that is being taken, by whomever, and throws it away, or ends it early with
   * `keep`. False when there was none (or not the one with `id`).
   * @default keep: false
   */
  cancelCpuProfile(options?: RequestOptions & { id?: string; keep?: boolean }): Promise<boolean>;
}

export function createCpuProfileMethods({ ask, change }: TargetAccess): CpuProfileMethods {
  return {
    takeCpuProfile: (options) => change(TakeCpuProfileDocument, options),
    cpuProfiles: (options) => ask(CpuProfilesDocument, options),
    cpuProfileStatus: (options) => ask(CpuProfileStatusDocument, options),
    cancelCpuProfile: (options) => change(CancelCpuProfileDocument, options),
  };
}
