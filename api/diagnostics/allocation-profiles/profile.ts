/** One allocation profile that has been taken, and the answers made from it. */

import {
  type AllocatingFunction,
  type AllocationTreeNode,
  allocatingFunctions,
  allocationTree,
} from '../../analyzers/allocations/allocating.ts';
import { withoutOwnSamples } from '../../analyzers/allocations/stack-sums.ts';
import { isOwnFile, isRuntimeFile } from '../../base/files/own-files.ts';
import { type Profile, sampleTypeIndex } from '../../profile/profile.ts';
import { checkLimit } from '../answers/limit.ts';

/** What a sampler found. */
export interface AllocationSampling {
  startedAtMs: number;
  durationMs: number;
  /** Null where another process took it and does not tell. */
  samplingIntervalBytes: number | null;
  /** Null where the sampler is none of this process. */
  startPauseMs: number | null;
  stopPauseMs: number | null;
  /** With `alloc_space`, and `alloc_objects` where objects are counted. */
  profile: Profile;
  /** What it cost the table of live memory, in one sentence; null for nothing. */
  liveTableCost: string | null;
}

export interface TakenAllocationProfile extends AllocationSampling {
  /** Unlike that of any other profile of this or another start of the process. */
  id: string;
  sampleCount: number;
  /** Of the program, without pprofql. */
  bytes: number;
  /** Null where V8 tells bytes alone. */
  objects: number | null;
  /** @throws DiagnosticsError `INVALID_INPUT` for a limit that is not allowed, as does the next */
  topFunctions(options: { limit: number }): AllocatingFunction[];
  callTree(options: { limit: number }): AllocationTreeNode[];
}

const MOST_FUNCTIONS = 1_000;
const MOST_NODES = 20_000;

export function allocationProfileOf(
  id: string,
  sampling: AllocationSampling,
): TakenAllocationProfile {
  const profile = withoutOwnSamples(sampling.profile, { isOwnFile, isRuntimeFile });
  const objects = sampleTypeIndex(profile, 'alloc_objects');
  const bytes = sampleTypeIndex(profile, 'alloc_space');
  const sum = (of: (sample: Profile['samples'][number]) => number) =>
    profile.samples.reduce((all, sample) => all + of(sample), 0);
  return {
    ...sampling,
    id,
    profile,
    sampleCount: Math.round(sum(({ evidence }) => evidence?.cumulative.samples ?? 0)),
    bytes: sum(({ values }) => values[bytes] ?? 0),
    objects: objects < 0 ? null : sum(({ values }) => values[objects] ?? 0),
    topFunctions({ limit }) {
      checkLimit(limit, MOST_FUNCTIONS);
      return allocatingFunctions(profile, { limit });
    },
    callTree({ limit }) {
      checkLimit(limit, MOST_NODES);
      return allocationTree(profile, { limit });
    },
  };
}
