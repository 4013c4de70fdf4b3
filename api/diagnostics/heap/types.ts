/** The observed heap: its tables, and the profile that they are made from. */
import type { AllocationRow } from '../../analyzers/allocations/allocations.ts';
import type { Profile } from '../../profile/profile.ts';

export type IdentifiedRow = AllocationRow & { stackId: string };

export interface AllocationSnapshot {
  collectedAtMs: number;
  /** Null where the sampler is none of this process. */
  pauseMs: number | null;
  /** Null where a saved profile does not tell it. */
  samplingIntervalBytes: number | null;
  /** Null where the sampler is none of this process. */
  rotations: number | null;
  liveBytes: number;
  cumulativeBytes: number | null;
  stackCount: number;
  /** Null where this runtime cannot give it. */
  top: IdentifiedRow[] | null;
  inuse: IdentifiedRow[];
}

/** One heap read as a profile: every stack, own ones included. */
export interface HeapProfileSnapshot
  extends Pick<
    AllocationSnapshot,
    'collectedAtMs' | 'pauseMs' | 'samplingIntervalBytes' | 'rotations'
  > {
  /** The same object until the heap is read again. */
  profile: Profile;
  /** Until when the pause budget holds the next read back; absent where nothing does. */
  nextReadAtMs?: number;
  /** Why it has no cumulative values; null where it has. */
  cumulativeUnavailable: string | null;
}
