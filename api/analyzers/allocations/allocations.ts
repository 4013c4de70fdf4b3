/** Allocation tables: who allocated, aggregated by full call stack, live and cumulative joined. */
import type { Evidence, Frame, Profile } from '../../profile/profile.ts';
import { compareStacks, framesAt } from '../frame-order.ts';
import { largest, TABLE_ROWS } from '../largest.ts';
import { marginBytes } from './margin.ts';
import {
  hasCumulativeValues,
  hasEvidence,
  hasLiveCounts,
  type OwnFrameOptions,
  type Quantity,
  type StackSums,
  sumByStack,
} from './stack-sums.ts';

/** How far an amount of bytes can be trusted; null where nobody knows how it was estimated. */
export interface Trust {
  /** Sampled objects behind it, in whole numbers. */
  samples: number | null;
  /** The true value is within this of the estimate in 95 of 100 cases. */
  marginBytes: number | null;
}

/** What a table tells of each stack. */
export interface AllocationFigures extends Trust {
  /** Live or cumulative bytes, by the table the row stands in. */
  bytes: number;
  /** Live or cumulative objects, by the table the row stands in; null where the profile does not count them. */
  count: number | null;
  liveBytes: number;
  /** Null where the profile does not count objects. */
  liveCount: number | null;
  liveSamples: number | null;
  liveMarginBytes: number | null;
  /** Null where the profile has no cumulative values. */
  cumulativeBytes: number | null;
  cumulativeCount: number | null;
  cumulativeSamples: number | null;
  cumulativeMarginBytes: number | null;
  /** Share of the bytes ever allocated here that are still live, 0 to 1; null without cumulative values. */
  retention: number | null;
}

/** Every figure, and whether it is always known. Whoever writes, reads or describes all of them goes by this. */
export const ALLOCATION_FIGURES: {
  [Name in keyof AllocationFigures]: null extends AllocationFigures[Name] ? 'or null' : 'known';
} = {
  bytes: 'known',
  count: 'or null',
  samples: 'or null',
  marginBytes: 'or null',
  liveBytes: 'known',
  liveCount: 'or null',
  liveSamples: 'or null',
  liveMarginBytes: 'or null',
  cumulativeBytes: 'or null',
  cumulativeCount: 'or null',
  cumulativeSamples: 'or null',
  cumulativeMarginBytes: 'or null',
  retention: 'or null',
};

export interface AllocationRow extends AllocationFigures {
  /** Top frame first. */
  frames: Frame[];
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

const QUANTITIES = {
  live: ['liveBytes', 'liveCount'],
  cumulative: ['cumulativeBytes', 'cumulativeCount'],
} as const satisfies Record<string, readonly [Quantity, Quantity]>;

const UNKNOWN: Trust = { samples: null, marginBytes: null };

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
  const limit = options.limit ?? TABLE_ROWS;
  const known = {
    hasCumulative: hasCumulativeValues(profile),
    hasLiveCounts: hasLiveCounts(profile),
    hasEvidence: hasEvidence(profile),
  };
  const { hasCumulative } = known;
  const stacks = sumByStack(profile, options);
  const top = (kind: 'live' | 'cumulative') => {
    const [bytes, count] = QUANTITIES[kind];
    return largest(
      stacks.filter((sums) => sums[bytes] !== 0 || sums[count] !== 0),
      limit,
      (a, b) =>
        Math.abs(b[bytes]) - Math.abs(a[bytes]) ||
        Math.abs(b[count]) - Math.abs(a[count]) ||
        compareStacks(profile.frames, a.stack, b.stack),
    ).map((sums) => toRow(profile, sums, kind, known));
  };
  return {
    cumulative: hasCumulative ? top('cumulative') : null,
    live: top('live'),
    totals: {
      liveBytes: total(stacks, 'liveBytes'),
      cumulativeBytes: hasCumulative ? total(stacks, 'cumulativeBytes') : null,
      stacks: stacks.length,
    },
  };
}

function toRow(
  profile: Profile,
  { stack, evidence, ...sums }: StackSums,
  kind: 'live' | 'cumulative',
  known: { hasCumulative: boolean; hasLiveCounts: boolean; hasEvidence: boolean },
): AllocationRow {
  const { liveBytes, cumulativeBytes } = sums;
  const liveCount = known.hasLiveCounts ? sums.liveCount : null;
  const cumulativeCount = known.hasCumulative ? sums.cumulativeCount : null;
  const trust = (bytes: number, its: Evidence) =>
    known.hasEvidence ? trustOf(bytes, its) : UNKNOWN;
  const live = trust(liveBytes, evidence.live);
  const cumulative = known.hasCumulative ? trust(cumulativeBytes, evidence.cumulative) : UNKNOWN;
  const [bytes] = QUANTITIES[kind];
  return {
    frames: framesAt(stack, profile.frames),
    bytes: sums[bytes],
    count: kind === 'live' ? liveCount : cumulativeCount,
    ...(kind === 'live' ? live : cumulative),
    liveBytes,
    liveCount,
    liveSamples: live.samples,
    liveMarginBytes: live.marginBytes,
    cumulativeBytes: known.hasCumulative ? cumulativeBytes : null,
    cumulativeCount,
    cumulativeSamples: cumulative.samples,
    cumulativeMarginBytes: cumulative.marginBytes,
    retention: known.hasCumulative ? retentionOf(liveBytes, cumulativeBytes) : null,
  };
}

function trustOf(bytes: number, evidence: Evidence): Trust {
  const samples = Math.round(evidence.samples);
  return {
    samples: bytes !== 0 ? Math.max(1, samples) : samples,
    marginBytes: Math.ceil(marginBytes(bytes, evidence)),
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
