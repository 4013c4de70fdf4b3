import { type AllocationRow, allocationTables } from '../../analyzers/allocations/allocations.ts';
import type { OwnFrameOptions } from '../../analyzers/allocations/stack-sums.ts';
import { stackId } from '../stack-id.ts';
import type { AllocationSnapshot, HeapProfileSnapshot, IdentifiedRow } from './types.ts';

/** The allocation tables of one heap read. */
export function allocationSnapshot(
  heap: HeapProfileSnapshot,
  owners: OwnFrameOptions,
): AllocationSnapshot {
  const { cumulative, live, totals } = allocationTables(heap.profile, owners);
  const identified = (row: AllocationRow): IdentifiedRow => ({
    ...row,
    stackId: stackId(row.frames),
  });
  return {
    collectedAtMs: heap.collectedAtMs,
    pauseMs: heap.pauseMs,
    samplingIntervalBytes: heap.samplingIntervalBytes,
    rotations: heap.rotations,
    liveBytes: totals.liveBytes,
    cumulativeBytes: totals.cumulativeBytes,
    stackCount: totals.stacks,
    top: cumulative?.map(identified) ?? null,
    inuse: live.map(identified),
  };
}
