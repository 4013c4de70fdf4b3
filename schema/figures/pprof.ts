import type { IdentifiedRow } from '../../api/diagnostics/heap/types.ts';
import type { PprofSnapshot } from '../../api/diagnostics/pprof.ts';
import type { ObservedTarget } from '../../api/targets/target.ts';
import { builder } from '../builder.ts';
import { rowId } from '../identity.ts';
import { EventLoopType } from '../loop/event-loop.ts';
import { ObservationType, UnavailableFieldType } from '../observation.ts';
import { targetField, targetOf } from '../targets/target-field.ts';
import { AllocationInfoType, AllocationProfileType, type TableRow } from './allocation.ts';
import { GarbageCollectionType } from './garbage-collection.ts';
import { HistoryPointType } from './history-point.ts';

/** A snapshot, and whose it is: what costs more is read only where it is selected. */
type TargetPprof = PprofSnapshot & { source: ObservedTarget };

/** The rows of a table, each with its identity. */
function tableRows(
  target: ObservedTarget,
  table: string,
  rows: readonly IdentifiedRow[] | null | undefined,
): TableRow[] | null {
  return rows?.map((row) => ({ ...row, id: rowId(target, table, row.stackId) })) ?? null;
}

export const MemoryStatsType = builder.objectRef<PprofSnapshot>('MemoryStats').implement({
  description:
    'Memory of the observed process. The names follow Go’s `runtime.MemStats`; each field says which V8 or Node figure it is.',
  fields: (t) => ({
    alloc: t.float({
      nullable: true,
      description:
        'Bytes of live and not yet collected objects: V8’s `used_heap_size`, Go’s `Alloc`. Null for files that do not tell it.',
      resolve: ({ figures }) => figures.memory.heapUsedBytes,
    }),
    totalAlloc: t.float({
      nullable: true,
      description:
        'Bytes ever allocated on the heap, freed ones included: V8’s `total_allocated_bytes`, Go’s `TotalAlloc`. What pprofql’s own reads of the figures, the heap and the tasks allocate in the observed thread is measured and left out. V8 counts in buffers, so that each read may add some 15 to 60 kilobytes, one that looks at tasks, requests or handles some 50 to 400, and an idle process seems to allocate 0.2 megabytes a second, up to a megabyte in its first minute, in place of the 0.02 that Node allocates. Null where this V8 does not count it (Node below 26).',
      resolve: ({ figures }) => figures.memory.totalAllocatedBytes,
    }),
    heapInuse: t.float({
      nullable: true,
      description:
        'Bytes of the heap that are in use: V8’s `total_heap_size` (committed), Go’s `HeapInuse`. Null for files that do not tell it.',
      resolve: ({ figures }) => figures.memory.heapTotalBytes,
    }),
    heapObjects: t.float({
      nullable: true,
      description:
        'Live objects, estimated by the heap sampler at its last read. V8 has no exact count short of a heap snapshot. Null before the first query of an allocation field, and where there is no sampler. Exact for Go (`HeapObjects`).',
      resolve: ({ heapObjects }) => heapObjects,
    }),
    heapObjectsAgeMs: t.float({
      nullable: true,
      description:
        'Milliseconds since `heapObjects` was counted, which may be long before the other figures were read. Null where `heapObjects` is, and where it is unknown.',
      resolve: heapObjectsAgeMs,
    }),
    sys: t.float({
      nullable: true,
      description:
        'Bytes of memory the whole process holds: its resident set (`rss`). For Go `Sys`, what the runtime obtained from the system. Null for files that do not tell it.',
      resolve: ({ figures }) => figures.memory.sysBytes ?? figures.memory.rssBytes,
    }),
    heapLimit: t.float({
      nullable: true,
      description:
        'Bytes of the old space at which V8 gives up with “heap out of memory”: `heap_size_limit` without the young generation, as `--max-old-space-size` sets it, and `oldSpaceUsed` is what counts against it. Null for Go.',
      resolve: ({ figures }) => figures.memory.heapLimitBytes,
    }),
    oldSpaceUsed: t.float({
      nullable: true,
      description:
        'Bytes in use outside of the young generation, which count against `heapLimit`: V8’s `space_used_size` of the old, code and large-object spaces. Objects that are not yet collected are among them. Null for Go, and for another pprofql of an older version.',
      resolve: ({ figures }) => figures.memory.oldSpaceUsedBytes,
    }),
    external: t.float({
      nullable: true,
      description:
        'Bytes outside the heap that JavaScript objects hold, buffers included. Null for Go.',
      resolve: ({ figures }) => figures.memory.externalBytes,
    }),
    arrayBuffers: t.float({
      nullable: true,
      description: 'Bytes of `ArrayBuffer`s and `Buffer`s; part of `external`. Null for Go.',
      resolve: ({ figures }) => figures.memory.arrayBuffersBytes,
    }),
  }),
});

export const CpuStatsType = builder.objectRef<PprofSnapshot>('CpuStats').implement({
  description:
    'CPU time of the whole process, all threads, over the last finished interval of the metrics history (`process.cpuUsage`).',
  fields: (t) => ({
    usagePercent: t.float({
      nullable: true,
      description:
        'CPU use of the whole process in the last finished interval of the metrics history, in percent of one core: 0 to 100 times the number of cores. Null before the first interval is over, and where a target does not tell.',
      resolve: ({ cpu }) => cpu.usagePercent,
    }),
    userTime: t.float({
      nullable: true,
      description:
        'Seconds of CPU time in user mode in the last finished interval of the metrics history. Null before the first interval is over, and where a target does not tell.',
      resolve: ({ cpu }) => cpu.userSeconds,
    }),
    systemTime: t.float({
      nullable: true,
      description:
        'Seconds of CPU time in kernel mode in the last finished interval of the metrics history. Null before the first interval is over, and where a target does not tell.',
      resolve: ({ cpu }) => cpu.systemSeconds,
    }),
  }),
});

export const RuntimeStatsType = builder.objectRef<PprofSnapshot>('RuntimeStats').implement({
  description: 'The runtime at a glance. The names follow Go’s.',
  fields: (t) => ({
    numGoroutine: t.int({
      nullable: true,
      description:
        'Live async tasks: pending promises, timers, sockets, servers, file-system and DNS requests. An estimate while tasks are sampled (`instrumentation.samplingRate` below 1), as of the last sweep: see `numGoroutineAgeMs`. Null in the first moments, before a sweep, and for files that do not tell it.',
      resolve: ({ figures }) => figures.liveTasks,
    }),
    numGoroutineAgeMs: t.float({
      nullable: true,
      description:
        'Milliseconds since `numGoroutine` was counted: at most about an interval, but as long as the event loop is stuck, since nothing can be counted meanwhile. Null where `numGoroutine` is, and where it is unknown.',
      resolve: ({ figures: { liveTasks, takenAtMs, liveTasksAtMs = takenAtMs } }) =>
        liveTasks === null ? null : ageMsOf(liveTasksAtMs),
    }),
    numGc: t.int({
      nullable: true,
      description:
        'Garbage collections of all kinds since pprofql started. Null for files that do not tell it.',
      resolve: ({ figures }) => figures.gc.count,
    }),
    gcPauseNs: t.float({
      nullable: true,
      description:
        'Pause of the last garbage collection, in nanoseconds; null before the first collection, and where a target does not tell.',
      resolve: ({ figures }) => figures.gc.lastPauseNs,
    }),
    numCpu: t.int({
      nullable: true,
      description: 'Logical processors of the machine; null where a target does not tell.',
      resolve: ({ process }) => process.cpuCount,
    }),
    gomaxprocs: t.int({
      nullable: true,
      description:
        'Processors this process may use (`os.availableParallelism`). JavaScript itself runs on one thread. Null where a target does not tell.',
      resolve: ({ process }) => process.availableParallelism,
    }),
    requestsInFlight: t.int({
      nullable: true,
      description:
        'Incoming HTTP requests being served now; null for Go, which does not count them.',
      resolve: ({ figures }) => figures.requestsInFlight,
    }),
  }),
});

function heapObjectsAgeMs(snapshot: PprofSnapshot): number | null {
  const { heapObjects, observation, heapObjectsAtMs = observation.measuredAtMs } = snapshot;
  return heapObjects === null ? null : ageMsOf(heapObjectsAtMs);
}

function ageMsOf(atMs: number | null): number | null {
  return atMs === null ? null : Math.max(0, Date.now() - atMs);
}

const PprofDataType = builder.objectRef<TargetPprof>('PprofData').implement({
  description: 'Memory, CPU and runtime figures, who allocated what, and the metrics history.',
  fields: (t) => ({
    timestamp: t.field({
      type: 'DateTime',
      description: 'When this answer was put together.',
      resolve: (snapshot) => snapshot.timestampMs,
    }),
    observation: t.field({
      type: ObservationType,
      description:
        'How and when the figures were obtained. Not the allocations, which are read by themselves and may be older: `allocationProfile { ageMs }`; nor `memory { heapObjects }`, see `heapObjectsAgeMs`, and `runtime { numGoroutine }`, see `numGoroutineAgeMs`.',
      resolve: (snapshot) => snapshot.observation,
    }),
    memory: t.field({
      type: MemoryStatsType,
      description: 'Memory of the observed process.',
      resolve: (snapshot) => snapshot,
    }),
    cpu: t.field({
      type: CpuStatsType,
      description: 'CPU time of the observed process.',
      resolve: (snapshot) => snapshot,
    }),
    runtime: t.field({
      type: RuntimeStatsType,
      description: 'Tasks, collections and processors.',
      resolve: (snapshot) => snapshot,
    }),
    eventLoop: t.field({
      type: EventLoopType,
      nullable: true,
      description: 'How late and how busy the event loop is; null for Go, which has none.',
      resolve: ({ figures }) => figures.eventLoop,
    }),
    gc: t.field({
      type: GarbageCollectionType,
      description: 'Garbage collection by kind.',
      resolve: ({ figures }) => figures.gc,
    }),
    topAllocations: t.field({
      type: [AllocationInfoType],
      nullable: true,
      description:
        'The 50 stacks that allocated most since start, freed memory included; most bytes first. Selecting it reads the heap sampler. Null where this runtime or mode cannot give it (Node below 26), with the reason in `unavailable`: `takeAllocationProfile` tells there what is allocated in a stretch of time.',
      resolve: async ({ source }) =>
        tableRows(source, 'topAllocations', (await source.allocations())?.top),
    }),
    inuseAllocations: t.field({
      type: [AllocationInfoType],
      nullable: true,
      description:
        'The 50 stacks that hold most live memory; most bytes first. From the same read as `topAllocations`. Null where there is no heap sampler, with the reason in `unavailable`.',
      resolve: async ({ source }) =>
        tableRows(source, 'inuseAllocations', (await source.allocations())?.inuse),
    }),
    allocationProfile: t.field({
      type: AllocationProfileType,
      nullable: true,
      description:
        'The read behind both tables: when it was taken and what it cost. Null where there is no heap sampler.',
      resolve: ({ source }) => source.allocations(),
    }),
    unavailable: t.field({
      type: [UnavailableFieldType],
      description:
        'The fields that are null here, each with its reason. Empty when everything is available.',
      resolve: (snapshot) => snapshot.unavailable,
    }),
    history: t.field({
      type: [HistoryPointType],
      description: 'The retained points of the metrics history, oldest first.',
      resolve: ({ source }) => source.history(),
    }),
  }),
});

targetField('pprof', (t) =>
  t.field({
    type: PprofDataType,
    nullable: true,
    description:
      'What the process uses, and who allocated it. Cheap (well under a millisecond of the observed thread) unless an allocation field is selected. Null, with an error, where the target cannot be asked.',
    resolve: async (view, _args, context) => {
      const source = targetOf(view, context);
      return { ...(await source.pprof()), source };
    },
  }),
);
