/** The client's part for CPU profiles. */
import type { RequestOptions } from './diagnostics-client.ts';
import {
  CancelCpuProfileDocument,
  type CpuProfileFragment,
  CpuProfileStatusDocument,
  CpuProfilesDocument,
  type RunningCpuProfileFragment,
  TakeCpuProfileDocument,
  type TakeCpuProfileQuery,
} from './generated/graphql.ts';
import type { Query } from './query.ts';

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
  cpuProfile(options?: RequestOptions & { seconds?: number }): Promise<CpuProfileResult>;
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

const DEFAULT_SECONDS = 5;

export function createCpuProfileMethods(query: Query): CpuProfileMethods {
  return {
    async cpuProfile({ seconds = DEFAULT_SECONDS, signal } = {}) {
      return (await query(TakeCpuProfileDocument, { seconds }, { signal })).cpuProfile;
    },
    async cpuProfiles({ id, signal } = {}) {
      return (await query(CpuProfilesDocument, { id }, { signal })).cpuProfiles;
    },
    async cpuProfileStatus(options) {
      return (await query(CpuProfileStatusDocument, {}, options)).cpuProfileStatus;
    },
    async cancelCpuProfile({ id, keep = false, signal } = {}) {
      return (await query(CancelCpuProfileDocument, { id, keep }, { signal })).cancelCpuProfile;
    },
  };
}
