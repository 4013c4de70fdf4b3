/** Why a search in a heap snapshot is not made, or not brought to an end. */
import { DiagnosticsError } from '../../../base/errors.ts';
import { bytesText } from '../../../base/text/bytes.ts';
import type { SnapshotCost } from './snapshot-cost.ts';

export const HOLDERS_SWITCHED_OFF =
  'what holds an allocation is found by a heap snapshot, which stops the program for seconds: under NODE_ENV=production that is off; switch it on with the option heapSnapshots or PPROFQL_HEAP_SNAPSHOTS=on';

export function alreadyRunning(): DiagnosticsError {
  return new DiagnosticsError(
    'PROFILE_ALREADY_RUNNING',
    'a search in a heap snapshot is under way: wait for it, or end it with cancelHolders',
  );
}

export function noSuchStack(): DiagnosticsError {
  return new DiagnosticsError(
    'NOT_FOUND',
    'no stack of this id holds memory now: take the id or stackId of a row of inuseAllocations, topAllocations or a diff',
  );
}

export function cancelled(): DiagnosticsError {
  return new DiagnosticsError('STOPPED', 'the search for holders was cancelled');
}

export function notAgreed(estimate: SnapshotCost, maxPauseMs: number | null): DiagnosticsError {
  const { pauseMs, memoryBytes } = estimate;
  const agreed =
    maxPauseMs === null ? 'no pause was agreed to' : `${Math.floor(maxPauseMs)} ms were agreed to`;
  return new DiagnosticsError(
    'PAUSE_BUDGET_SPENT',
    `the search would stop the program for about ${pauseMs} ms and take about ${bytesText(memoryBytes)} of memory, and ${agreed}: ask again with maxPauseMs of ${pauseMs} or more`,
    { estimatedPauseMs: pauseMs, estimatedMemoryBytes: memoryBytes },
  );
}

export function refuseBeyondMemory(estimate: SnapshotCost, limitBytes: number): void {
  if (estimate.memoryBytes <= limitBytes) return;
  throw new DiagnosticsError(
    'LIMIT_EXCEEDED',
    `the search would take about ${bytesText(estimate.memoryBytes)} of memory, and ${bytesText(limitBytes)} are allowed: raise heapSnapshotMemoryBytes`,
    { estimatedPauseMs: estimate.pauseMs, estimatedMemoryBytes: estimate.memoryBytes },
  );
}
