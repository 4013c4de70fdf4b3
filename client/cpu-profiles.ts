/** The client's part for CPU profiles. */

import type { Query, TargetRequestOptions } from './core/query.ts';
import {
  CancelCpuProfileDocument,
  type CpuProfileFragment,
  CpuProfileStatusDocument,
  CpuProfilesDocument,
  type RunningCpuProfileFragment,
  TakeCpuProfileDocument,
  type TakeCpuProfileQuery,
} from './generated/graphql.ts';

export type CpuProfile = CpuProfileFragment;
export type RunningCpuProfile = RunningCpuProfileFragment;
/** Told apart by `__typename`. */
export type CpuProfileResult = TakeCpuProfileQuery['cpuProfile'];

export interface CpuProfileMethods {
  /**
   * Takes a CPU profile of the observed thread, also while its event loop is stuck. Settles when it
   * is done; the signal ends it. There is one at a time: `ProfileAlreadyRunning` says until when.
   * @default seconds: 5
   */
  cpuProfile(options?: TargetRequestOptions & { seconds?: number }): Promise<CpuProfileResult>;
  /** The last few, newest first; with `id` that one or none. */
  cpuProfiles(options?: TargetRequestOptions & { id?: string }): Promise<CpuProfile[]>;
  /** The profile that is being taken, by whomever; null when there is none. */
  cpuProfileStatus(options?: TargetRequestOptions): Promise<RunningCpuProfile | null>;
  /**
   * Ends the profile that is being taken, by whomever, and throws it away, or ends it early with
   * `keep`. False when there was none (or not the one with `id`).
   * @default keep: false
   */
  cancelCpuProfile(
    options?: TargetRequestOptions & { id?: string; keep?: boolean },
  ): Promise<boolean>;
}

const DEFAULT_SECONDS = 5;

export function createCpuProfileMethods(query: Query): CpuProfileMethods {
  return {
    async cpuProfile({ seconds = DEFAULT_SECONDS, target, signal } = {}) {
      return (await query(TakeCpuProfileDocument, { seconds, target }, { signal })).cpuProfile;
    },
    async cpuProfiles({ id, target, signal } = {}) {
      return (await query(CpuProfilesDocument, { id, target }, { signal })).cpuProfiles;
    },
    async cpuProfileStatus({ target, signal } = {}) {
      return (await query(CpuProfileStatusDocument, { target }, { signal })).cpuProfileStatus;
    },
    async cancelCpuProfile({ id, keep = false, target, signal } = {}) {
      const request = { id, keep, target };
      return (await query(CancelCpuProfileDocument, request, { signal })).cancelCpuProfile;
    },
  };
}
