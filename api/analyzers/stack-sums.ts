/** What each stack of a heap profile allocated and holds: the sums that every heap table starts from. */
import { type Profile, type Sample, sampleTypeIndex } from '../profile/profile.ts';
import { createStackNumbers } from './stack-numbers.ts';

/** The sums over all samples with one stack. */
export interface StackSums {
  /** Indexes into the profile's frames, top frame first. */
  stack: ArrayLike<number>;
  liveBytes: number;
  liveCount: number;
  /** The cumulative two are 0 where the profile has no such values. */
  cumulativeBytes: number;
  cumulativeCount: number;
}

export type Quantity = Exclude<keyof StackSums, 'stack'>;

export interface OwnFrameOptions {
  /** Exact recognition of our own frames; a sample whose top frame is own is left out. */
  isOwnFile?: (file: string) => boolean;
  /**
   * Recognises the runtime's own files. Its frames at the top of a stack work for the first frame
   * below them, which decides instead: `push` called by our code is ours.
   * @default frames without a file
   */
  isRuntimeFile?: (file: string) => boolean;
}

const SAMPLE_TYPE_BY_QUANTITY: Readonly<Record<Quantity, string>> = {
  liveBytes: 'inuse_space',
  liveCount: 'inuse_objects',
  cumulativeBytes: 'alloc_space',
  cumulativeCount: 'alloc_objects',
};

const QUANTITIES = Object.keys(SAMPLE_TYPE_BY_QUANTITY) as Quantity[];

export function hasCumulativeValues(profile: Profile): boolean {
  return sampleTypeIndex(profile, SAMPLE_TYPE_BY_QUANTITY.cumulativeBytes) >= 0;
}

/**
 * Stacks with at least one quantity above zero, in no particular order. A sum below zero, as in a
 * difference profile that saw more freed than allocated, counts as zero.
 *
 * Own frames further down do not matter: what the program allocates below an entry point of ours
 * stays, what a hook of ours allocates in the middle of the program's stack goes.
 */
export function sumByStack(profile: Profile, options: OwnFrameOptions = {}): StackSums[] {
  const isOwn = ownSampleTest(profile, options);
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

export const emptySums = (stack: ArrayLike<number>): StackSums => ({
  stack,
  liveBytes: 0,
  liveCount: 0,
  cumulativeBytes: 0,
  cumulativeCount: 0,
});

/** Tests every frame once, not once a sample. */
export function ownSampleTest(
  profile: Profile,
  options: OwnFrameOptions,
): (sample: Sample) => boolean {
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
