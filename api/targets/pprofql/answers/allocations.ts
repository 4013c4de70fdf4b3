/** Another pprofql's allocation tables. */

import type { AllocationSnapshot, IdentifiedRow } from '../../../diagnostics/heap/types.ts';
import { stackId } from '../../../diagnostics/stack-id.ts';
import type { AllocationsFragment, AskedAllocationFragment } from '../generated/graphql.ts';
import { framesOf } from './frames.ts';
import { complete, type Told } from './told.ts';

const ROW_FIELDS = ['bytes', 'liveBytes'] as const;
const PROFILE_FIELDS = ['collectedAt', 'liveBytes', 'stackCount'] as const;

/** Null where it has no heap sampler. */
export function allocationsOf({ pprof }: Told<AllocationsFragment>): AllocationSnapshot | null {
  if (pprof === null || pprof.allocationProfile === null) return null;
  const { allocationProfile, topAllocations, inuseAllocations } = pprof;
  const told = complete(allocationProfile, 'pprof.allocationProfile', PROFILE_FIELDS);
  const { collectedAt, ...profile } = told;
  return {
    ...profile,
    collectedAtMs: Date.parse(collectedAt),
    top: topAllocations?.map(rowOf) ?? null,
    inuse: inuseAllocations?.map(rowOf) ?? [],
  };
}

function rowOf(told: Told<AskedAllocationFragment>): IdentifiedRow {
  const row = complete(told, 'pprof.inuseAllocations', ROW_FIELDS);
  const frames = framesOf(row.frames);
  return { ...row, frames, stackId: stackId(frames) };
}
