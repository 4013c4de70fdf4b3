/** What each stack of a heap profile allocated and holds: the sums that every heap table starts from. */
import {
  type HeapEvidence,
  type Profile,
  type Sample,
  sampleTypeIndex,
} from '../../profile/profile.ts';
import { createStackNumbers } from '../stack-numbers.ts';
import { addEvidence, noHeapEvidence } from './margin.ts';

/** The sums over all samples with one stack. */
export interface StackSums {
  /** Indexes into the profile's frames, top frame first. */
  stack: ArrayLike<number>;
  liveBytes: number;
  /** 0 where the profile does not count objects: see `hasLiveCounts`. */
  liveCount: number;
  /** The cumulative two are 0 where the profile has no such values. */
  cumulativeBytes: number;
  cumulativeCount: number;
  /** Nothing in it where the profile has none: see `hasEvidence`. */
  evidence: HeapEvidence;
}

export type Quantity = Exclude<keyof StackSums, 'stack' | 'evidence'>;

export interface OwnFrameOptions {
  /** Exact recognition of our own frames; a sample whose top frame is own is left out. */
  isOwnFile?: (file: string) => boolean;
  /**
   * Recognizes the runtime's own files. Its frames at the top of a stack work for the first frame
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

export function hasCumulativeValues(profile: Profile): boolean {
  return sampleTypeIndex(profile, SAMPLE_TYPE_BY_QUANTITY.cumulativeBytes) >= 0;
}

/** V8's own sampler tells bytes alone. */
export function hasLiveCounts(profile: Profile): boolean {
  return sampleTypeIndex(profile, SAMPLE_TYPE_BY_QUANTITY.liveCount) >= 0;
}

/** Whether it is known of every sample how far it can be trusted. */
export function hasEvidence(profile: Profile): boolean {
  return profile.samples.every(({ evidence }) => evidence !== undefined);
}

/**
 * Stacks with at least one quantity that is not zero, in no particular order. In a profile of
 * differences a sum may be below zero: more was freed than allocated.
 *
 * Own frames further down do not matter: what the program allocates below an entry point of ours
 * stays, what a hook of ours allocates in the middle of the program's stack goes.
 */
export function sumByStack(profile: Profile, options: OwnFrameOptions = {}): StackSums[] {
  const isOwn = ownSampleTest(profile, options);
  const numbers = createStackNumbers();
  const stacks: StackSums[] = [];
  const column = (quantity: Quantity) =>
    sampleTypeIndex(profile, SAMPLE_TYPE_BY_QUANTITY[quantity]);
  const liveBytes = column('liveBytes');
  const liveCount = column('liveCount');
  const cumulativeBytes = column('cumulativeBytes');
  const cumulativeCount = column('cumulativeCount');
  for (const sample of profile.samples) {
    const { stack, values, evidence } = sample;
    if (stack.length === 0 || isOwn(sample)) continue;
    const number = numbers.numberOf(stack);
    if (number === stacks.length) stacks.push(emptySums(stack));
    // Named one by one: quantities chosen by their name would take most of the time.
    const sums = stacks[number]!;
    if (liveBytes >= 0) sums.liveBytes += values[liveBytes]!;
    if (liveCount >= 0) sums.liveCount += values[liveCount]!;
    if (cumulativeBytes >= 0) sums.cumulativeBytes += values[cumulativeBytes]!;
    if (cumulativeCount >= 0) sums.cumulativeCount += values[cumulativeCount]!;
    if (evidence !== undefined) addEvidence(sums.evidence, evidence);
  }
  return stacks.filter(isAnything);
}

function isAnything(sums: StackSums): boolean {
  const { liveBytes, liveCount, cumulativeBytes, cumulativeCount } = sums;
  return liveBytes !== 0 || liveCount !== 0 || cumulativeBytes !== 0 || cumulativeCount !== 0;
}

export const emptySums = (stack: ArrayLike<number>): StackSums => ({
  stack,
  liveBytes: 0,
  liveCount: 0,
  cumulativeBytes: 0,
  cumulativeCount: 0,
  evidence: noHeapEvidence(),
});

/** The samples that `sumByStack` counts. */
export function withoutOwnSamples(profile: Profile, options: OwnFrameOptions): Profile {
  const isOwn = ownSampleTest(profile, options);
  return { ...profile, samples: profile.samples.filter((sample) => !isOwn(sample)) };
}

/** Tests every frame once, not once a sample. */
export function ownSampleTest(
  profile: Profile,
  options: OwnFrameOptions,
): (sample: Sample) => boolean {
  const { isOwnFile } = options;
  if (isOwnFile === undefined) return () => false;
  const isRuntimeFile = options.isRuntimeFile ?? ((file) => file === '');
  const isOwn = profile.frames.map((frame) => isOwnFile(frame.file));
  const isRuntime = profile.frames.map((frame) => isRuntimeFile(frame.file));
  return ({ stack }) => {
    let depth = 0;
    while (depth < stack.length - 1 && isRuntime[stack[depth]!]) depth += 1;
    return isOwn[stack[depth]!]!;
  };
}
