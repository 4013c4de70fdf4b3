/** Go's profiles that count by stack: who waited for locks, who has started threads, what is leaked for ever. */
import type { Frame } from '../profile/profile.ts';
import { checkLimit } from './answers/limit.ts';

export type StackProfileKind = 'MUTEX' | 'BLOCK' | 'THREADCREATE' | 'GOROUTINELEAK';

export interface StackProfile {
  readAtMs: number;
  /** Of all stacks. */
  count: number;
  /** Null where no time was measured. */
  delayNs: number | null;
  /** Longest delay first, or most of them. */
  rows: readonly ProfiledStack[];
}

export interface ProfiledStack {
  count: number;
  delayNs: number | null;
  frames: readonly Frame[];
}

export interface TakenStackProfile extends StackProfile {
  /** @throws DiagnosticsError `INVALID_INPUT` for a limit that is not allowed */
  stacks(options: { limit: number }): readonly ProfiledStack[];
}

export function takenStackProfile(profile: StackProfile): TakenStackProfile {
  return {
    ...profile,
    stacks({ limit }) {
      checkLimit(limit);
      return profile.rows.slice(0, limit);
    },
  };
}
