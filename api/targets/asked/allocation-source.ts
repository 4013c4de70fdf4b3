/** Allocation profiles of a target: the difference of two reads of its heap, where that counts freed objects. */
import { hasCumulativeValues } from '../../analyzers/allocations/stack-sums.ts';
import { DiagnosticsError } from '../../base/errors.ts';
import type { AllocationSource } from '../../diagnostics/allocation-profiles/profiles.ts';
import { betweenReads } from '../../diagnostics/allocation-profiles/source.ts';
import type { HeapProfileSnapshot } from '../../diagnostics/heap/types.ts';
import type { TargetKind } from '../target.ts';

export function createTargetAllocationSource(
  readHeap: () => Promise<HeapProfileSnapshot>,
  { kind, pauseBudgetPercent }: { kind: () => TargetKind | null; pauseBudgetPercent: number },
): AllocationSource {
  async function read(): Promise<HeapProfileSnapshot> {
    if (kind() === 'FILE') throw new DiagnosticsError('UNAVAILABLE', 'a file allocates nothing');
    const heap = await readHeap();
    if (hasCumulativeValues(heap.profile)) return heap;
    throw new DiagnosticsError(
      'UNAVAILABLE',
      'the target counts live objects only; ask it directly for an allocation profile',
    );
  }
  return betweenReads({ readHeap: read, pauseBudgetPercent });
}
