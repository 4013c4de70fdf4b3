/** Allocation tables: who allocated, aggregated by full call stack, live and cumulative joined. */
import type { Frame, Profile } from '../profile/profile.ts';

export interface AllocationRow {
  /** Top frame first. */
  frames: Frame[];
  /** Live or cumulative bytes, by the table the row stands in. */
  bytes: number;
  /** Live or cumulative objects, by the table the row stands in. */
  count: number;
  liveBytes: number;
  liveCount: number;
  /** Null where the profile has no cumulative values. */
  cumulativeBytes: number | null;
  cumulativeCount: number | null;
  /** Share of the bytes ever allocated here that are still live, 0 to 1; null without cumulative values. */
  retention: number | null;
}

export interface AllocationTables {
  /** Most cumulative bytes first; null where the profile has no cumulative values. */
  cumulative: AllocationRow[] | null;
  /** Most live bytes first. */
  live: AllocationRow[];
  /** Totals over the whole profile (before cutting), own frames left out. */
  totals: { liveBytes: number; cumulativeBytes: number | null; stacks: number };
}

export interface AllocationOptions {
  /** Rows a table. @default 50 */
  limit?: number;
  /** Exact recognition of our own frames; a sample whose top frame is own is left out. */
  isOwnFile?: (file: string) => boolean;
}

export declare function allocationTables(profile: Profile, options?: AllocationOptions): AllocationTables;
