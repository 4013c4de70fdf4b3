/** Which stacks hold more memory than before, and which less. */

import type { Frame, Profile } from '../../profile/profile.ts';
import { deltaMarginBytes } from '../allocations/margin.ts';
import {
  emptySums,
  hasCumulativeValues,
  hasEvidence,
  hasLiveCounts,
  type OwnFrameOptions,
  type Quantity,
  type StackSums,
  sumByStack,
} from '../allocations/stack-sums.ts';
import { compareStacks, framesAt } from '../frame-order.ts';
import { createJointFrames } from '../joint-frames.ts';
import { TABLE_ROWS } from '../largest.ts';
import { createStackNumbers } from '../stack-numbers.ts';
import { type Change, type ChangeTables, changeOf, changeTables } from './diff.ts';

/** Live memory. */
export interface Held {
  bytes: number;
  /** Null where not both sides count objects. */
  count: number | null;
}

/** Live memory of one stack. */
export interface SampledHeld extends Held {
  /** Sampled objects behind it; null where unknown. */
  samples: number | null;
}

export interface AllocationDiffRow {
  /** Top frame first. */
  frames: Frame[];
  change: Change;
  base: SampledHeld;
  to: SampledHeld;
  bytesDelta: number;
  /** The true difference is within this of `bytesDelta` in 95 of 100 cases; null where unknown. */
  marginBytes: number | null;
  /** Null where not both sides count objects. */
  countDelta: number | null;
  /** Bytes allocated in between, freed ones included; null without cumulative values. */
  allocatedBytes: number | null;
}

export interface AllocationDiff extends ChangeTables<AllocationDiffRow> {
  /** Live memory of all stacks, before cutting. */
  base: Held;
  to: Held;
  /** Bytes allocated in between by all stacks; null without cumulative values on both sides. */
  allocatedBytes: number | null;
}

export interface AllocationDiffOptions extends OwnFrameOptions {
  /** Rows a table. @default 50 */
  limit?: number;
}

/** One stack on both sides. */
interface StackPair {
  /** Indexes into the frames of both profiles together. */
  stack: ArrayLike<number>;
  base: StackSums;
  to: StackSums;
}

/**
 * Joins two heap profiles of one process on the full stack, and only then cuts to the top `limit`.
 * Order: most bytes of growth, then most objects, then the stack frame by frame. Stacks that hold
 * the same on both sides are left out.
 */
export function diffAllocations(
  base: Profile,
  to: Profile,
  options: AllocationDiffOptions = {},
): AllocationDiff {
  const hasCumulative = hasCumulativeValues(base) && hasCumulativeValues(to);
  const hasCounts = hasLiveCounts(base) && hasLiveCounts(to);
  const isTold = hasEvidence(base) && hasEvidence(to);
  const held = ({ liveBytes, liveCount }: StackSums): Held => ({
    bytes: liveBytes,
    count: hasCounts ? liveCount : null,
  });
  const { pairs, frames } = joinStacks(base, to, options);
  const changed = pairs.flatMap((pair) => {
    const change = changeOf(
      [pair.base.liveBytes, pair.base.liveCount],
      [pair.to.liveBytes, pair.to.liveCount],
    );
    return change === null ? [] : [{ change, ...pair }];
  });
  const tables = changeTables(
    changed,
    options.limit ?? TABLE_ROWS,
    (a, b) =>
      growth(b, 'liveBytes') - growth(a, 'liveBytes') ||
      growth(b, 'liveCount') - growth(a, 'liveCount') ||
      compareStacks(frames, a.stack, b.stack),
  );
  const toRow = (pair: StackPair & { change: Change }): AllocationDiffRow => ({
    frames: framesAt(pair.stack, frames),
    change: pair.change,
    base: { ...held(pair.base), samples: isTold ? samplesOf(pair.base) : null },
    to: { ...held(pair.to), samples: isTold ? samplesOf(pair.to) : null },
    bytesDelta: growth(pair, 'liveBytes'),
    marginBytes: isTold ? deltaMarginBytes(pair.base, pair.to, hasCumulative) : null,
    countDelta: hasCounts ? growth(pair, 'liveCount') : null,
    allocatedBytes: hasCumulative ? growth(pair, 'cumulativeBytes') : null,
  });
  return {
    grown: tables.grown.map(toRow),
    shrunk: tables.shrunk.map(toRow),
    rowCounts: tables.rowCounts,
    base: total(
      pairs.map((pair) => held(pair.base)),
      hasCounts,
    ),
    to: total(
      pairs.map((pair) => held(pair.to)),
      hasCounts,
    ),
    allocatedBytes: hasCumulative
      ? pairs.reduce((sum, pair) => sum + growth(pair, 'cumulativeBytes'), 0)
      : null,
  };
}

/** Both sides of every stack. */
function joinStacks(base: Profile, to: Profile, options: OwnFrameOptions) {
  const joint = createJointFrames();
  const numbers = createStackNumbers();
  const pairs: StackPair[] = [];

  function add(side: 'base' | 'to', profile: Profile): void {
    const indexes = joint.indexesOf(profile);
    for (const sums of sumByStack(profile, options)) {
      const stack = Int32Array.from(sums.stack, (frame) => indexes[frame]!);
      const number = numbers.numberOf(stack);
      pairs[number] ??= { stack, base: emptySums(stack), to: emptySums(stack) };
      pairs[number][side] = sums;
    }
  }

  add('base', base);
  add('to', to);
  return { pairs, frames: joint.frames };
}

function growth({ base, to }: StackPair, quantity: Quantity): number {
  return to[quantity] - base[quantity];
}

const samplesOf = ({ liveBytes, evidence }: StackSums): number =>
  liveBytes === 0 ? 0 : Math.max(1, Math.round(evidence.live.samples));

function total(all: readonly Held[], hasCounts: boolean): Held {
  return {
    bytes: all.reduce((sum, { bytes }) => sum + bytes, 0),
    count: hasCounts ? all.reduce((sum, { count }) => sum + (count ?? 0), 0) : null,
  };
}
