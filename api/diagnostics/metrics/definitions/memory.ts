/** Memory: of the heap, outside it, and of the whole process. */
import { type Definition, one } from './definition.ts';

export const MEMORY: readonly Definition[] = [
  one(
    'pprofql_heap_used_bytes',
    'gauge',
    'Used bytes of the heap, garbage included.',
    ({ figures }) => figures?.memory.heapUsedBytes,
  ),
  one(
    'pprofql_heap_size_bytes',
    'gauge',
    'Bytes that the runtime has committed for the heap.',
    ({ figures }) => figures?.memory.heapTotalBytes,
  ),
  one(
    'pprofql_heap_old_space_bytes',
    'gauge',
    'Used bytes of the heap without its young generation.',
    ({ figures }) => figures?.memory.oldSpaceUsedBytes,
  ),
  one(
    'pprofql_heap_limit_bytes',
    'gauge',
    'Size of the old space at which V8 gives up.',
    ({ figures }) => figures?.memory.heapLimitBytes,
  ),
  one(
    'pprofql_heap_allocated_bytes',
    'counter',
    'Bytes allocated on the heap since the start; Node tells it from version 26 on.',
    ({ figures }) => figures?.memory.totalAllocatedBytes,
  ),
  one(
    'pprofql_external_memory_bytes',
    'gauge',
    'Memory outside the heap that its objects hold, array buffers included.',
    ({ figures }) => figures?.memory.externalBytes,
  ),
  one(
    'pprofql_array_buffers_bytes',
    'gauge',
    'Memory of array buffers, such as those of Buffer.',
    ({ figures }) => figures?.memory.arrayBuffersBytes,
  ),
  one(
    'pprofql_resident_memory_bytes',
    'gauge',
    'Memory that the whole process has in RAM.',
    ({ figures }) => figures?.memory.rssBytes,
  ),
];
