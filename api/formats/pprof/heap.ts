/** A heap read as the profile that Go serves at `heap` and `allocs`. */
import type { HeapProfileSnapshot } from '../../diagnostics/heap/types.ts';
import { RESTARTED_COMMENT } from '../../profile/heap-profile.ts';
import type { Profile } from '../../profile/profile.ts';

/**
 * `heap` and `allocs` differ only in what a reader shows first: as in Go, `heap` names nothing, for
 * which readers take the last type, `inuse_space`.
 */
export function heapPprof(heap: HeapProfileSnapshot, name: 'heap' | 'allocs'): Profile {
  return {
    ...heap.profile,
    periodType: { type: 'space', unit: 'bytes' },
    period: heap.samplingIntervalBytes ?? undefined,
    startedAtMs: heap.collectedAtMs,
    defaultSampleType: name === 'allocs' ? 'alloc_space' : undefined,
    comments: commentsOn(heap),
  };
}

function commentsOn({ rotations, cumulativeUnavailable }: HeapProfileSnapshot): string[] {
  const comments = [
    'Lines are where functions begin, and what an inlined function allocates counts for its caller: the heap sampler of V8 sees no finer place.',
  ];
  if (cumulativeUnavailable !== null) comments.push(`No alloc_* values: ${cumulativeUnavailable}.`);
  if (rotations !== null && rotations > 0) {
    comments.push(
      `${RESTARTED_COMMENT} more coarsely (${rotations}) to bound its memory: inuse_* values from before the last restart are estimates.`,
    );
  }
  return comments;
}
