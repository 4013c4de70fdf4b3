import type { HeapAvailability } from '../probe/probe.ts';
import type { UnavailableField } from './types.ts';

/** The fields of `pprof` that are null now, each with its reason. */
export function unavailableFields(now: {
  heap: HeapAvailability;
  liveObjects: number | null;
  totalAllocatedBytes: number | null;
}): UnavailableField[] {
  const fields: UnavailableField[] = [];
  const add = (field: string, reason: string | null) => {
    if (reason !== null) fields.push({ field, reason });
  };
  add('topAllocations', now.heap.cumulative);
  add('inuseAllocations', now.heap.inuse);
  add('allocationProfile', now.heap.inuse);
  if (now.liveObjects === null) {
    const reason = 'estimated at a heap read: select an allocation field, then ask again';
    add('memory.heapObjects', now.heap.inuse ?? reason);
  }
  if (now.totalAllocatedBytes === null) {
    add('memory.totalAlloc', 'this V8 does not count allocated bytes; Node 26 and later do');
  }
  return fields;
}
