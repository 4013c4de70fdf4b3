import { getHeapStatistics } from 'node:v8';

/** Whether V8 of this Node counts allocated bytes. */
export const countsAllocatedBytes = getHeapStatistics().total_allocated_bytes !== undefined;
