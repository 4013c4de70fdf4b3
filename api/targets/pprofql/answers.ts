/** Another pprofql's answers as the readings they were made from. */
import type { Figures } from '../../analyzers/figures.ts';
import type {
  AllocationSnapshot,
  GoroutineSnapshot,
  IdentifiedGroup,
  IdentifiedRow,
  PprofSnapshot,
  StallStack,
} from '../../diagnostics/types.ts';
import type { LoopReading, TargetReading } from '../target.ts';
import {
  GC_KIND_OF_WIRE,
  type WireAllocation,
  type WireAllocations,
  type WireFigures,
  type WireGroup,
  type WireLoop,
  type WireStallStack,
  type WireTasks,
} from './questions.ts';

const NS_PER_MS = 1e6;

/** Its figures are passed on as they are, and with them that the age of `heapObjects` is not known. */
export function readingOf(
  answer: WireFigures,
): TargetReading & Pick<PprofSnapshot, 'heapObjectsAtMs'> {
  const { process, pprof } = answer;
  const { cpu, runtime, memory } = pprof;
  const { startedAt, programRoot, ...facts } = process;
  return {
    figures: figuresOf(answer),
    cpu: {
      usagePercent: cpu.usagePercent,
      userSeconds: cpu.userTime,
      systemSeconds: cpu.systemTime,
    },
    process: {
      ...facts,
      ...(programRoot !== null && { programRoot }),
      startedAtMs: startedAt === null ? null : Date.parse(startedAt),
      cpuCount: runtime.numCpu,
      availableParallelism: runtime.gomaxprocs,
    },
    heapObjects: memory.heapObjects,
    // Not asked for: a pprofql of before would refuse the question.
    heapObjectsAtMs: null,
    unavailable: pprof.unavailable,
  };
}

function figuresOf({ pprof, instrumentation }: WireFigures): Figures {
  const { observation, memory, runtime, eventLoop, gc } = pprof;
  return {
    takenAtMs: Date.parse(observation.measuredAt),
    memory: {
      heapUsedBytes: memory.alloc,
      heapTotalBytes: memory.heapInuse,
      totalAllocatedBytes: memory.totalAlloc,
      rssBytes: memory.sys,
      heapLimitBytes: memory.heapLimit,
      oldSpaceUsedBytes: null,
      externalBytes: memory.external,
      arrayBuffersBytes: memory.arrayBuffers,
    },
    // It tells its use over its own interval, not the time since its start.
    cpu: null,
    gc: {
      count: gc.count,
      lastPauseNs: gc.count === 0 ? null : runtime.gcPauseNs,
      interval: Object.fromEntries(
        gc.interval.map(({ kind, count, totalMs, maxMs }) => [
          GC_KIND_OF_WIRE[kind],
          { count, totalNs: totalMs * NS_PER_MS, maxNs: maxMs * NS_PER_MS },
        ]),
      ),
    },
    eventLoop,
    liveTasks: runtime.numGoroutine,
    requestsInFlight: runtime.requestsInFlight,
    instrumentation,
  };
}

/** Null where it has no heap sampler. */
export function allocationsOf({ pprof }: WireAllocations): AllocationSnapshot | null {
  const { allocationProfile, topAllocations, inuseAllocations } = pprof;
  if (allocationProfile === null) return null;
  const { collectedAt, ...profile } = allocationProfile;
  return {
    ...profile,
    collectedAtMs: Date.parse(collectedAt),
    top: topAllocations?.map(rowOf) ?? null,
    inuse: inuseAllocations?.map(rowOf) ?? [],
  };
}

function rowOf(row: WireAllocation): IdentifiedRow {
  return {
    ...row,
    samples: row.samples ?? null,
    marginBytes: row.marginBytes ?? null,
    liveSamples: row.liveSamples ?? null,
    liveMarginBytes: row.liveMarginBytes ?? null,
    cumulativeSamples: row.cumulativeSamples ?? null,
    cumulativeMarginBytes: row.cumulativeMarginBytes ?? null,
  };
}

export function tasksOf({ goroutines }: WireTasks): GoroutineSnapshot {
  const { timestamp, totalGoroutines, summary, groups, instrumentation } = goroutines;
  const { rawProfile, rawTruncated } = goroutines;
  const timestampMs = Date.parse(timestamp);
  return {
    timestampMs,
    observation: { via: 'HTTP', measuredAtMs: timestampMs },
    total: totalGoroutines,
    groups: groups.map(groupOf),
    summary,
    raw: rawProfile === null ? null : { text: rawProfile, isTruncated: rawTruncated },
    instrumentation,
  };
}

function groupOf({
  sampledCount,
  longWaiting,
  potentiallyStuck,
  refedCount,
  ...group
}: WireGroup): IdentifiedGroup {
  return {
    ...group,
    sampled: sampledCount,
    longWaitingCount: longWaiting,
    stuckCount: potentiallyStuck,
    refed: refedCount,
  };
}

export function loopOf({ eventLoop, stalls }: WireLoop): LoopReading {
  return {
    status: { ...eventLoop, stack: eventLoop.stack && stallStackOf(eventLoop.stack) },
    stalls: stalls.map(({ id, startedAt, stacks, ...stall }) => ({
      ...stall,
      id: Number(id),
      startedAtMs: Date.parse(startedAt),
      stacks: stacks.map(stallStackOf),
    })),
  };
}

function stallStackOf({ capturedAt, ...stack }: WireStallStack): StallStack {
  return { ...stack, capturedAtMs: Date.parse(capturedAt) };
}
