/** What another pprofql is asked, and its answers as they come over its GraphQL API. */
import type { Category } from '../../base/category-rule.ts';
import type { EventLoopStatus, Stall, StallStack } from '../../diagnostics/types.ts';
import type { GcKind, InstrumentationReading } from '../../probe/probe.ts';
import type { Frame } from '../../profile/profile.ts';

const FRAME = 'function file path line';
const INSTRUMENTATION =
  'instrumentation { enabled disabledReason overheadPercent overheadBudgetPercent samplingRate dutyCycle blindMs records recordsLimit seen sampledOut dropped }';
const ALLOCATION = `id bytes count liveBytes liveCount cumulativeBytes cumulativeCount retention frames { ${FRAME} }`;
const TRUST =
  'samples marginBytes liveSamples liveMarginBytes cumulativeSamples cumulativeMarginBytes';

export const IDENTITY_QUESTION = '{ process { instanceId nodeVersion } }';

export const FIGURES_QUESTION = `{
  process { pid instanceId startedAt nodeVersion v8Version platform arch title cwd programRoot }
  ${INSTRUMENTATION}
  pprof {
    observation { measuredAt }
    memory { alloc totalAlloc heapInuse heapObjects sys heapLimit external arrayBuffers }
    cpu { usagePercent userTime systemTime }
    runtime { numGoroutine numCpu gomaxprocs requestsInFlight gcPauseNs }
    eventLoop { delayP50Ms delayP99Ms delayMaxMs utilization }
    gc { count interval { kind count totalMs maxMs } }
    unavailable { field reason }
  }
}`;

const allocationsQuestion = (row: string) => `{
  pprof {
    allocationProfile { collectedAt pauseMs samplingIntervalBytes rotations liveBytes cumulativeBytes stackCount }
    topAllocations { ${row} }
    inuseAllocations { ${row} }
  }
}`;

export const ALLOCATIONS_QUESTION = allocationsQuestion(`${ALLOCATION} ${TRUST}`);
/** For pprofql 0.1, which does not tell how far a row can be trusted. */
export const ALLOCATIONS_QUESTION_OF_0_1 = allocationsQuestion(ALLOCATION);

export const TASKS_QUESTION = `query ($raw: Boolean!) {
  goroutines(raw: $raw) {
    timestamp
    totalGoroutines
    summary { background perRequest unknown longWaiting potentiallyStuck }
    groups {
      id count sampledCount state category categoryReason
      oldestWaitMs medianWaitMs newestWaitMs longWaiting potentiallyStuck stuckReason
      outlivedRequest oldestRequestMs refedCount
      topFrame { ${FRAME} }
      frames { ${FRAME} }
      routes { route count }
    }
    rawProfile rawTruncated
    ${INSTRUMENTATION}
  }
}`;

const STALL_STACK = `captures capturedAt isNativeCaller frames { ${FRAME} }`;

export const LOOP_QUESTION = `{
  eventLoop { state blockedForMs sentence unwatchedReason stack { ${STALL_STACK} } }
  stalls {
    id startedAt durationMs state looks nativeLooks droppedCaptures sentence
    stacks { ${STALL_STACK} }
  }
}`;

/** It goes over the wire as it is. */
type WireInstrumentation = InstrumentationReading;

export interface WireFigures {
  process: {
    pid: number | null;
    instanceId: string;
    startedAt: string | null;
    nodeVersion: string | null;
    v8Version: string | null;
    platform: string | null;
    arch: string | null;
    title: string;
    cwd: string | null;
    programRoot: string | null;
  };
  instrumentation: WireInstrumentation;
  pprof: {
    observation: { measuredAt: string };
    memory: {
      alloc: number;
      totalAlloc: number | null;
      heapInuse: number;
      heapObjects: number | null;
      sys: number;
      heapLimit: number | null;
      external: number | null;
      arrayBuffers: number | null;
    };
    cpu: { usagePercent: number | null; userTime: number | null; systemTime: number | null };
    runtime: {
      numGoroutine: number | null;
      numCpu: number | null;
      gomaxprocs: number | null;
      requestsInFlight: number | null;
      gcPauseNs: number;
    };
    eventLoop: {
      delayP50Ms: number | null;
      delayP99Ms: number | null;
      delayMaxMs: number | null;
      utilization: number;
    } | null;
    gc: {
      count: number;
      interval: { kind: WireGcKind; count: number; totalMs: number; maxMs: number }[];
    };
    unavailable: { field: string; reason: string }[];
  };
}

export type WireGcKind = 'MINOR' | 'MAJOR' | 'INCREMENTAL' | 'WEAK_CALLBACKS';

export const GC_KIND_OF_WIRE: Readonly<Record<WireGcKind, GcKind>> = {
  MINOR: 'minor',
  MAJOR: 'major',
  INCREMENTAL: 'incremental',
  WEAK_CALLBACKS: 'weakCallbacks',
};

export interface WireAllocation {
  id: string;
  bytes: number;
  count: number;
  liveBytes: number;
  liveCount: number;
  cumulativeBytes: number | null;
  cumulativeCount: number | null;
  retention: number | null;
  frames: Frame[];
  /** These are absent where it is too old. */
  samples?: number | null;
  marginBytes?: number | null;
  liveSamples?: number | null;
  liveMarginBytes?: number | null;
  cumulativeSamples?: number | null;
  cumulativeMarginBytes?: number | null;
}

export interface WireAllocations {
  pprof: {
    allocationProfile: {
      collectedAt: string;
      pauseMs: number;
      samplingIntervalBytes: number;
      rotations: number;
      liveBytes: number;
      cumulativeBytes: number | null;
      stackCount: number;
    } | null;
    topAllocations: WireAllocation[] | null;
    inuseAllocations: WireAllocation[] | null;
  };
}

export interface WireGroup {
  id: string;
  count: number;
  sampledCount: number;
  state: string;
  category: Category;
  categoryReason: string;
  oldestWaitMs: number | null;
  medianWaitMs: number | null;
  newestWaitMs: number | null;
  longWaiting: number;
  potentiallyStuck: number;
  stuckReason: string | null;
  outlivedRequest: number;
  oldestRequestMs: number | null;
  refedCount: number | null;
  topFrame: Frame | null;
  frames: Frame[];
  routes: { route: string; count: number }[];
}

export interface WireTasks {
  goroutines: {
    timestamp: string;
    totalGoroutines: number;
    summary: {
      background: number;
      perRequest: number;
      unknown: number;
      longWaiting: number;
      potentiallyStuck: number;
    };
    groups: WireGroup[];
    rawProfile: string | null;
    rawTruncated: boolean;
    instrumentation: WireInstrumentation;
  };
}

export type WireStallStack = Omit<StallStack, 'capturedAtMs'> & { capturedAt: string };

export interface WireLoop {
  eventLoop: Omit<EventLoopStatus, 'stack'> & { stack: WireStallStack | null };
  stalls: (Omit<Stall, 'id' | 'startedAtMs' | 'stacks'> & {
    id: string;
    startedAt: string;
    stacks: WireStallStack[];
  })[];
}
