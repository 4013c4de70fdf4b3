import type { HeapAvailability } from '../../probe/readings/memory/heap.ts';
import type { UnavailableField } from '../pprof.ts';

/** What only a sampler can tell that also sees freed objects. */
const CUMULATIVE_FIELDS = [
  'topAllocations',
  'inuseAllocations.cumulativeBytes',
  'inuseAllocations.cumulativeCount',
  'inuseAllocations.cumulativeSamples',
  'inuseAllocations.cumulativeMarginBytes',
  'inuseAllocations.retention',
  'allocationProfile.cumulativeBytes',
];

/** The fields of `pprof` that are null now, each with its reason. */
export function unavailableFields(now: {
  heap: HeapAvailability;
  liveObjects: number | null;
  totalAllocatedBytes: number | null;
  liveTasks: number | null;
}): UnavailableField[] {
  const fields: UnavailableField[] = [];
  const add = (field: string, reason: string | null) => {
    if (reason !== null) fields.push({ field, reason });
  };
  for (const field of CUMULATIVE_FIELDS) add(field, now.heap.cumulative);
  add('inuseAllocations', now.heap.inuse);
  add('allocationProfile', now.heap.inuse);
  if (now.liveObjects === null) {
    const reason = 'estimated at a heap read: select an allocation field, then ask again';
    add('memory.heapObjects', now.heap.inuse ?? reason);
  }
  if (now.totalAllocatedBytes === null) {
    add('memory.totalAlloc', 'this V8 does not count allocated bytes; Node 26 and later do');
  }
  if (now.liveTasks === null) {
    add('runtime.numGoroutine', 'tasks have not been counted yet; ask again in a moment');
  }
  return fields;
}
