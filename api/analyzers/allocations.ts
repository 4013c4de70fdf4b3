/** Allocation tables: who allocated, aggregated by full call stack, live and cumulative joined. */
import { type Frame, type Profile, type Sample, sampleTypeIndex } from '../profile/profile.ts';
import { compareFrames } from './frame-order.ts';
import { largest } from './largest.ts';
import { createStackNumbers } from './stack-numbers.ts';

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
  /**
   * Recognises the runtime's own files. Its frames at the top of a stack work for the first frame
   * below them, which decides instead: `push` called by our code is ours.
   * @default frames without a file
   */
  isRuntimeFile?: (file: string) => boolean;
}

const DEFAULT_LIMIT = 50;

/** The sums over all samples with one stack. */
interface StackSums {
  stack: ArrayLike<number>;
  liveBytes: number;
  liveCount: number;
  cumulativeBytes: number;
  cumulativeCount: number;
}

type Quantity = Exclude<keyof StackSums, 'stack'>;

const SAMPLE_TYPE_BY_QUANTITY: Readonly<Record<Quantity, string>> = {
  liveBytes: 'inuse_space',
  liveCount: 'inuse_objects',
  cumulativeBytes: 'alloc_space',
  cumulativeCount: 'alloc_objects',
};

const QUANTITIES = Object.keys(SAMPLE_TYPE_BY_QUANTITY) as Quantity[];

/**
 * Sums the samples by full stack (function, file and line of every frame), joins live and
 * cumulative values, and only then cuts each table to its top `limit`.
 *
 * Own frames further down do not matter: what the program allocates below an entry point of ours
 * stays, what a hook of ours allocates in the middle of the program's stack goes.
 *
 * A sum below zero, as in a difference profile that saw more freed than allocated, counts as zero.
 * Order: most bytes, then most objects, then the stack frame by frame.
 */
export function allocationTables(
  profile: Profile,
  options: AllocationOptions = {},
): AllocationTables {
  const limit = options.limit ?? DEFAULT_LIMIT;
  const hasCumulative = sampleTypeIndex(profile, SAMPLE_TYPE_BY_QUANTITY.cumulativeBytes) >= 0;
  const stacks = sumByStack(profile, ownSampleTest(profile, options));
  const top = (bytes: Quantity, count: Quantity) =>
    largest(
      stacks.filter((sums) => sums[bytes] > 0 || sums[count] > 0),
      limit,
      (a, b) => b[bytes] - a[bytes] || b[count] - a[count] || compareStacks(profile, a, b),
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

/** Stacks with at least one quantity above zero, in no particular order. */
function sumByStack(profile: Profile, isOwn: (sample: Sample) => boolean): StackSums[] {
  const numbers = createStackNumbers();
  const stacks: StackSums[] = [];
  const columns = QUANTITIES.map((quantity) => ({
    quantity,
    index: sampleTypeIndex(profile, SAMPLE_TYPE_BY_QUANTITY[quantity]),
  })).filter(({ index }) => index >= 0);
  for (const sample of profile.samples) {
    if (sample.stack.length === 0 || isOwn(sample)) continue;
    const number = numbers.numberOf(sample.stack);
    stacks[number] ??= emptySums(sample.stack);
    for (const { quantity, index } of columns) stacks[number][quantity] += sample.values[index]!;
  }
  for (const sums of stacks) {
    for (const quantity of QUANTITIES) sums[quantity] = Math.max(0, sums[quantity]);
  }
  return stacks.filter((sums) => QUANTITIES.some((quantity) => sums[quantity] > 0));
}

const emptySums = (stack: ArrayLike<number>): StackSums => ({
  stack,
  liveBytes: 0,
  liveCount: 0,
  cumulativeBytes: 0,
  cumulativeCount: 0,
});

/** Tests every frame once, not once a sample. */
function ownSampleTest(profile: Profile, options: AllocationOptions): (sample: Sample) => boolean {
  const isOwnFile = options.isOwnFile ?? (() => false);
  const isRuntimeFile = options.isRuntimeFile ?? ((file) => file === '');
  const isOwn = profile.frames.map((frame) => isOwnFile(frame.file));
  const isRuntime = profile.frames.map((frame) => isRuntimeFile(frame.file));
  return ({ stack }) => {
    let depth = 0;
    while (depth < stack.length - 1 && isRuntime[stack[depth]!]) depth += 1;
    return isOwn[stack[depth]!]!;
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

/** Both are estimates, so that live may come out above cumulative. */
function retentionOf(liveBytes: number, cumulativeBytes: number): number {
  return liveBytes >= cumulativeBytes ? Math.sign(liveBytes) : liveBytes / cumulativeBytes;
}

function total(stacks: readonly StackSums[], quantity: Quantity): number {
  return stacks.reduce((sum, sums) => sum + sums[quantity], 0);
}

/** Never 0 for two different stacks, so that the order of the input does not show in the output. */
function compareStacks(profile: Profile, a: StackSums, b: StackSums): number {
  const depth = Math.min(a.stack.length, b.stack.length);
  for (let at = 0; at < depth; at++) {
    if (a.stack[at] === b.stack[at]) continue;
    return compareFrames(profile.frames[a.stack[at]!]!, profile.frames[b.stack[at]!]!);
  }
  return a.stack.length - b.stack.length;
}
