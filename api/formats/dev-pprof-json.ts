/**
 * The answers of the original developer routes, as their JSON: snake_case names, byte sizes and
 * counts as whole numbers, lists never null, and empty wait fields left out.
 */

import type { TaskGroup } from '../analyzers/tasks/types.ts';
import { MS_PER_MINUTE } from '../base/numbers/units.ts';
import type { AllocationSnapshot, IdentifiedRow } from '../diagnostics/heap/types.ts';
import type { HistoryPoint } from '../diagnostics/history/point.ts';
import type { PprofSnapshot } from '../diagnostics/pprof.ts';
import type { GoroutineSnapshot } from '../diagnostics/tasks.ts';
import { BUILTIN_FILE } from '../profile/decode/proto-fields.ts';
import type { Frame } from '../profile/profile.ts';
import { CATEGORY_NAMES } from './pprof/goroutines.ts';

export interface DevPprofInput {
  pprof: PprofSnapshot;
  /** Null where the runtime gives no heap profile. */
  allocations: AllocationSnapshot | null;
  history: readonly HistoryPoint[];
}

/** `GET /api/dev/pprof`. What this runtime does not count is 0; the time is that of the figures. */
export function devPprofJson({ pprof, allocations, history }: DevPprofInput) {
  const { figures, cpu, process, heapObjects } = pprof;
  return {
    timestamp: rfc3339(pprof.observation.measuredAtMs),
    memory: {
      alloc: figures.memory.heapUsedBytes ?? 0,
      total_alloc: Math.round(figures.memory.totalAllocatedBytes ?? 0),
      heap_inuse: figures.memory.heapTotalBytes ?? 0,
      heap_objects: Math.round(heapObjects ?? 0),
      sys: figures.memory.rssBytes ?? 0,
    },
    cpu: {
      usage_percent: cpu.usagePercent ?? 0,
      user_time: cpu.userSeconds ?? 0,
      system_time: cpu.systemSeconds ?? 0,
    },
    runtime: {
      num_goroutine: figures.liveTasks ?? 0,
      num_gc: figures.gc.count ?? 0,
      gc_pause_ns: Math.round(figures.gc.lastPauseNs ?? 0),
      num_cpu: process.cpuCount,
      gomaxprocs: process.availableParallelism,
    },
    top_allocations: (allocations?.top ?? []).map(allocationJson),
    inuse_allocations: (allocations?.inuse ?? []).map(allocationJson),
    history: history.map(historyPointJson),
  };
}

function allocationJson({ frames, bytes, count }: IdentifiedRow) {
  const [top] = frames;
  return {
    function: top?.function ?? '',
    file: top?.file ?? '',
    line: top?.line ?? 0,
    bytes: Math.round(bytes),
    // This form has no word for what is not known.
    count: Math.round(count ?? 0),
    stack: frames.flatMap((frame) => [frame.function, `\t${place(frame)}`]),
  };
}

function historyPointJson(point: HistoryPoint) {
  return {
    timestamp: rfc3339(point.timestampMs),
    alloc: point.alloc ?? 0,
    heap_inuse: point.heapInuse ?? 0,
    goroutines: point.goroutines ?? 0,
    gc_pause_ns: Math.round(point.gcPauseNs ?? 0),
    cpu_percent: point.usagePercent ?? 0,
  };
}

/** `GET /api/dev/pprof/goroutines`. */
export function devGoroutinesJson({ timestampMs, total, groups, summary, raw }: GoroutineSnapshot) {
  return {
    timestamp: rfc3339(timestampMs),
    total_goroutines: total,
    groups: groups.map(groupJson),
    summary: {
      background: summary.background,
      per_request: summary.perRequest,
      long_waiting: summary.longWaiting,
      potentially_stuck: summary.potentiallyStuck,
    },
    ...(raw !== null && raw.text !== '' && { raw_profile: raw.text }),
  };
}

function groupJson(group: TaskGroup) {
  const minutes = Math.floor((group.oldestWaitMs ?? 0) / MS_PER_MINUTE);
  return {
    count: group.count,
    state: group.state,
    ...(minutes > 0 && { wait_reason: `${minutes} minutes`, wait_minutes: minutes }),
    top_func: group.topFrame?.function ?? '',
    // The original trims the lines of a dump, and not those of an allocation.
    stack: group.frames.flatMap((frame) => [frame.function, place(frame)]),
    category: CATEGORY_NAMES[group.category],
  };
}

function place({ file, line }: Frame): string {
  if (file === '') return BUILTIN_FILE;
  return line > 0 ? `${file}:${line}` : file;
}

function rfc3339(timestampMs: number): string {
  return new Date(timestampMs).toISOString();
}
