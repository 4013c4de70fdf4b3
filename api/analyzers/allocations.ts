/** Allocation tables: who allocated, aggregated by full call stack, live and cumulative joined. */
import type { Frame, Profile } from '../profile/profile.ts';
import { compareStacks } from './frame-order.ts';
import { largest } from './largest.ts';
import {
  hasCumulativeValues,
  type OwnFrameOptions,
  type Quantity,
  type StackSums,
  sumByStack,
} from './stack-sums.ts';

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

export interface AllocationOptions extends OwnFrameOptions {
  /** Rows a table. @default 50 */
  limit?: number;
}

const DEFAULT_LIMIT = 50;

/**
 * Sums the samples by full stack (function, file and line of every frame), joins live and
 * cumulative values, and only then cuts each table to its top `limit`.
 *
 * Order: most bytes, then most objects, then the stack frame by frame; in a profile of differences
 * what shrank by as much stands beside what grew.
 */
export function allocationTables(
  profile: Profile,
  options: AllocationOptions = {},
): AllocationTables {
  const limit = options.limit ?? DEFAULT_LIMIT;
  const hasCumulative = hasCumulativeValues(profile);
  const stacks = sumByStack(profile, options);
  const top = (bytes: Quantity, count: Quantity) =>
    largest(
      stacks.filter((sums) => sums[bytes] !== 0 || sums[count] !== 0),
      limit,
      (a, b) =>
        Math.abs(b[bytes]) - Math.abs(a[bytes]) ||
        Math.abs(b[count]) - Math.abs(a[count]) ||
        compareStacks(profile.frames, a.stack, b.stack),
    ).map((sums) => toRow(profile, sums, sums[bytes], sums[count], hasCumulative));
  return {
    cumulative: hasCumulative ? top('cumulativeBytes', 'cumulativeCount') : null,
    live: top('liveBytes', 'liveCount'),
    totals: {
      liveBytes: total(stacks, 'liveBytes'),
      cumulativeBytes: hasCumulative ? total(stacks, 'cumulativeBytes') : null,
      stacks: stacks.length,
    },
  };
}

function toRow(
  profile: Profile,
  { stack, ...sums }: StackSums,
  bytes: number,
  count: number,
  hasCumulative: boolean,
): AllocationRow {
  const { liveBytes, liveCount, cumulativeBytes, cumulativeCount } = sums;
  return {
    frames: Array.from(stack, (frame) => profile.frames[frame]!),
    bytes,
    count,
    liveBytes,
    liveCount,
    cumulativeBytes: hasCumulative ? cumulativeBytes : null,
    cumulativeCount: hasCumulative ? cumulativeCount : null,
    retention: hasCumulative ? retentionOf(liveBytes, cumulativeBytes) : null,
  };
}

/** Both are estimates, so that live may come out above cumulative; below zero nothing is retained. */
function retentionOf(liveBytes: number, cumulativeBytes: number): number {
  if (liveBytes <= 0) return 0;
  return liveBytes >= cumulativeBytes ? 1 : liveBytes / cumulativeBytes;
}

function total(stacks: readonly StackSums[], quantity: Quantity): number {
  return stacks.reduce((sum, sums) => sum + sums[quantity], 0);
}
