/** The probe of the thread it is created in: starts every part, and answers from them. */

import { processListeners } from '../base/builtins.ts';
import { DiagnosticsError } from '../base/errors.ts';
import { logLine } from '../base/log.ts';
import type { ObserverOptions, ResolvedOptions } from '../base/options/options.ts';
import { threadClockMs, wallClockMs } from '../base/own-time.ts';
import {
  absentAsyncTracker,
  absentEventLoopMonitor,
  absentGcObserver,
  absentHeapSampler,
  absentKeptObserver,
  absentOutsideObserver,
} from './absent-parts.ts';
import { createCpuProfiler } from './cpu/profiler.ts';
import { createAllocationProfiler } from './heap/allocation-profile/profiler.ts';
import { openHeapDriver } from './heap/driver.ts';
import type { HeapSampler } from './heap/sampler.ts';
import { leaseHeapSampler } from './heap/sampler-lease.ts';
import { writeHeapSnapshot } from './heap/snapshot.ts';
import { createKeptObserver } from './kept/kept.ts';
import { collectionMs } from './outside/collection.ts';
import { startOutsideObserver } from './outside/outside.ts';
import {
  createHeapWalk,
  type HeapWalk,
  type HeapWalkOptions,
} from './overhead/pauses/heap-walk.ts';
import { createPauseBudget, type PauseBudget } from './overhead/pauses/pause-budget.ts';
import type { ObservedProbe } from './probe.ts';
import { readCpuTimes } from './process/cpu-times.ts';
import { startEventLoopMonitor } from './process/event-loop.ts';
import { newInstanceId, readProcessFacts } from './process/facts.ts';
import { startGcObserver } from './process/gc-observer.ts';
import { readLoadedMap } from './process/loaded-map.ts';
import { createMemoryMeter, type MemoryMeter } from './process/memory.ts';
import type { FiguresReading } from './readings/figures.ts';
import type { RequestContext } from './requests/context/types.ts';
import { readHeldCallbacks, scriptsMs } from './requests/held/held-callbacks.ts';
import { type RequestObserver, startRequestObserver } from './requests/observer.ts';
import { toldRoute } from './requests/routes/names/told-route.ts';
import type { AsyncTracker } from './tasks/async-tracker.ts';
import { createAsyncTracker } from './tasks/tracker.ts';

export type NodeProbe = ObservedProbe & {
  /** Runs work of pprofql's own on the observed thread; none of its tasks is recorded. */
  leaveOut<T>(work: () => T): T;
  /** Takes every hook out of the thread again. May be called repeatedly. */
  stop(): void;
};

interface Tracking {
  tracker: AsyncTracker;
  /** Null where tracking is off or failed. */
  requestContext: RequestContext | null;
}

/** A server that its own program asks again and again is not left over. */
const QUIET_MS = 30_000;

/**
 * Starts observing the calling thread. Never throws: a part that cannot start is replaced by one
 * with empty readings, and `describe().failedParts` says why. Probes are independent of each other,
 * but for the one heap sampler an isolate has, which they share.
 */
export function createNodeProbe(options: ObserverOptions): NodeProbe {
  const failedParts: Record<string, string> = {};
  const startPart = <Part>(
    name: string,
    start: () => Part,
    replacement: (reason: string) => Part,
  ): Part => {
    try {
      return start();
    } catch (error) {
      const reason = `${name} could not start: ${error instanceof Error ? error.message : error}`;
      failedParts[name] = reason;
      return replacement(reason);
    }
  };

  let facts = readProcessFacts();
  const memory = createMemoryMeter();
  const budget = createPauseBudget(options.pauseBudgetPercent, threadClockMs);
  const gc = startPart(
    'gcObserver',
    () => startGcObserver(memory),
    () => absentGcObserver,
  );
  const eventLoop = startPart(
    'eventLoopMonitor',
    startEventLoopMonitor,
    () => absentEventLoopMonitor,
  );
  const requests = startPart(
    'requestObserver',
    () => startRequestObserver(routesTold(options)),
    () => null,
  );
  const walkOptions: HeapWalkOptions = {
    budget,
    pauseBudgetPercent: options.pauseBudgetPercent,
    heapUsedBytes: memory.heapUsedBytes,
    onPause: (pauseMs) => cpu.leaveOut({ endedAtMs: wallClockMs(), pauseMs }),
  };
  const heapWalk = createHeapWalk(walkOptions);
  const heldWalk = createHeapWalk({ ...walkOptions, guessMs: scriptsMs });
  const { tracker, requestContext } = startPart(
    'asyncTracker',
    () => startTracking(options, requests, memory, heapWalk, () => outside.spentMs()),
    (reason) => withoutTracking(reason, options, requests),
  );
  const heap = startPart(
    'heapSampler',
    () => startHeapSampler(options, memory, budget, async () => await tracker.sweep()),
    absentHeapSampler,
  );
  const outside = startPart(
    'outsideObserver',
    () =>
      startOutsideObserver({
        heapWalk,
        collections: createHeapWalk({ ...walkOptions, guessMs: collectionMs }),
        lastMajorMs: gc.lastMajorMs,
        seesBuffers: options.bufferSampling,
      }),
    absentOutsideObserver,
  );
  const kept = startPart(
    'keptObserver',
    () => createKeptObserver(gc.lastMajorMs, () => requests?.oldestMs() ?? 0),
    () => absentKeptObserver,
  );
  const cpu = createCpuProfiler({ requestContext });
  const allocations = createAllocationProfiler({
    suspendSampler: heap.suspend,
    collectGarbage: () => void outside.collect(),
    budget,
    onPause: (pauseMs) => cpu.leaveOut({ endedAtMs: wallClockMs(), pauseMs }),
  });
  const collecting = async <Reading>(work: () => Promise<Reading>): Promise<Reading> =>
    await (requests === null ? work() : requests.specimens.during(work));
  /** The program has no part in this stop: a CPU profile that runs must not show it. */
  const leftOut = <Reading extends { collectedAtMs: number; pauseMs: number }>(
    reading: Reading,
  ): Reading => {
    cpu.leaveOut({ endedAtMs: reading.collectedAtMs, pauseMs: reading.pauseMs });
    return reading;
  };

  return {
    describe: () => (Object.keys(failedParts).length === 0 ? facts : { ...facts, failedParts }),
    readFigures: (interval) => ({
      ...countedTasks(tracker),
      takenAtMs: wallClockMs(),
      memory: memory.read(),
      cpu: readCpuTimes(),
      gc: gc.read(interval),
      eventLoop: eventLoop.read(interval),
      requestsInFlight: requests?.context.inFlight() ?? 0,
      handles: interval.closeInterval ? outside.handles() : null,
      workers: outside.workers(),
      requestsServed: requests?.served() ?? null,
      hasServedItself: hasServedItself(requests),
      leftByCollection: gc.leftByCollection(),
      handlesStops: processListeners('SIGTERM') > 0,
      instrumentation: tracker.instrumentation(),
    }),
    heapAvailability: heap.availability,
    readHeap: async () => leftOut(await collecting(heap.read)),
    readTasks: () => tracker.read(),
    readTasksExactly: () => tracker.readExactly(),
    lastTasks: tracker.lastRead,
    readRequests: (question) => existing(requests).readRequests(question),
    readRoutes: () => existing(requests).readRoutes(),
    readHeldCallbacks: () =>
      readHeldCallbacks({ walk: heldWalk, requests: existing(requests).context }),
    readWorkers: () => requests?.readWorkers() ?? [],
    startCpuProfile: cpu.start,
    stopCpuProfile: cpu.finish,
    cancelCpuProfile: cpu.cancel,
    forgetObserver() {
      cpu.startOver();
      allocations.startOver();
      facts = { ...facts, instanceId: newInstanceId() };
    },
    startAllocationProfile: allocations.start,
    stopAllocationProfile: allocations.finish,
    cancelAllocationProfile: allocations.cancel,
    watchOutside: outside.watch,
    readOutside: outside.read,
    readExternal(question) {
      const read = () => ({ ...outside.readExternal(question), memory: memory.read() });
      return question.collect ? collecting(async () => read()) : read();
    },
    collectGarbage: (request) => collecting(() => outside.collectSoon(request)),
    readKept: kept.read,
    readLoadedMap,
    writeHeapSnapshot: (request) => leftOut(writeHeapSnapshot(request, heap.sizes)),
    leaveOut: (work) => (requestContext === null ? work() : requestContext.leaveOut(work)),
    stop() {
      const parts = [cpu, allocations, heap, kept, outside, tracker, requests, eventLoop, gc];
      for (const part of parts) stopQuietly(part);
    },
  };
}

function countedTasks(tracker: AsyncTracker): Pick<FiguresReading, 'liveTasks' | 'liveTasksAtMs'> {
  const counted = tracker.liveTasks();
  return { liveTasks: counted?.count ?? null, liveTasksAtMs: counted?.countedAtMs ?? null };
}

/** Looks at each handle, hence not while requests come. */
function hasServedItself(requests: RequestObserver | null): boolean {
  if (requests === null) return false;
  const { context } = requests;
  return threadClockMs() - context.lastBegunMs() >= QUIET_MS && context.isAskedByItself();
}

function routesTold({ routeOf }: ObserverOptions): {
  tellRoute?: (request: object) => string | null;
} {
  return routeOf === undefined ? {} : { tellRoute: toldRoute(routeOf, logLine) };
}

function startTracking(
  options: ObserverOptions,
  requests: RequestObserver | null,
  memory: MemoryMeter,
  heapWalk: HeapWalk,
  elsewhereMs: () => number,
): Tracking {
  if (!options.asyncTracking) {
    const reason = 'async tracking is switched off (option asyncTracking, PPROFQL_ASYNC)';
    return withoutTracking(reason, options, requests);
  }
  if (requests === null) throw new Error('requests are not observed');
  const { maxTaskRecords, overheadBudgetPercent } = options;
  const tracker = createAsyncTracker({
    maxRecords: maxTaskRecords,
    overheadBudgetPercent,
    requestContext: requests.context,
    heapWalk,
    elsewhereMs,
    excludeFromHere: memory.excludeFromHere,
  });
  requests.profileWaits(tracker);
  return { tracker, requestContext: requests.context };
}

/** Requests are listed all the same, without the context that tasks would need. */
function withoutTracking(
  reason: string,
  options: ObserverOptions,
  requests: RequestObserver | null,
): Tracking {
  requests?.context.sampleWith(() => null);
  return { tracker: absentAsyncTracker(reason, options), requestContext: null };
}

function existing(requests: RequestObserver | null): RequestObserver {
  if (requests !== null) return requests;
  throw new DiagnosticsError('UNAVAILABLE', 'requests are not observed: see process.failedParts');
}

function startHeapSampler(
  options: ResolvedOptions,
  memory: MemoryMeter,
  budget: PauseBudget,
  beforeForcedGc: () => Promise<void>,
): HeapSampler {
  if (!options.heapSampling) {
    return absentHeapSampler('heap sampling is switched off (option heapSampling, PPROFQL_HEAP)');
  }
  return leaseHeapSampler({
    samplingIntervalBytes: options.heapSamplingIntervalBytes,
    pauseBudgetPercent: options.pauseBudgetPercent,
    budget,
    beforeForcedGc,
    openDriver: () => openHeapDriver(memory),
  });
}

/** One part that fails to stop must not keep the others running. */
function stopQuietly(part: { stop(): void } | null): void {
  try {
    part?.stop();
  } catch {
    // Nothing can be done about it, and the host must not notice.
  }
}
