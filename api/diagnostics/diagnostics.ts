/**
 * Diagnostics of what a probe of ours is in: it composes the probe's readings, the analyzers and the
 * collector, and holds what is known while the observed thread is silent.
 */

import type { DiagnosticsError } from '../base/errors.ts';
import type { ResolvedOptions } from '../base/options/options.ts';
import { serviceIdentity } from '../base/options/service.ts';
import { SELF } from '../base/self.ts';
import { withDeadline } from '../base/waiting/deadline.ts';
import type { Finding, Health } from '../health/finding.ts';
import type { ImmediateMethod } from '../link/inspector-target.ts';
import type { LoopAccess } from '../link/observed-loop.ts';
import type { ProbeLink } from '../link/probe-link.ts';
import type { FiguresReading } from '../probe/readings/figures.ts';
import type { HeapReading } from '../probe/readings/heap.ts';
import type { HeapSnapshotReading, HeapSnapshotRequest } from '../probe/readings/heap-snapshot.ts';
import type { CollectionRequest } from '../probe/readings/outside.ts';
import type { RequestsReading, RoutesReading } from '../probe/readings/requests.ts';
import type { StackFrame, TasksReading } from '../probe/readings/tasks.ts';
import type { Frame } from '../profile/profile.ts';
import { createFrameLocator, type FrameLocator } from '../source-maps/frame-locator.ts';
import { findProgramRoot } from '../source-maps/program-root.ts';
import { createSourceMaps, NO_SOURCE_MAPS, type SourceMaps } from '../source-maps/source-maps.ts';
import { createAllocationProfiles } from './allocation-profiles/profiles.ts';
import { createAllocationSource } from './allocation-profiles/source.ts';
import { type Answered, lastAnswer } from './answers/last-answer.ts';
import { silentThread } from './answers/silent-thread.ts';
import { unavailableFields } from './answers/unavailable-fields.ts';
import { absentBlackBox, type BlackBoxKeeper } from './black-box/black-box.ts';
import { boxAllocations } from './black-box/record/record.ts';
import { watchHeapLimit } from './black-box/runs/heap-limit.ts';
import { createBoxWriter } from './black-box/writer.ts';
import { createCaptures } from './captures/captures.ts';
import { createMadeSource } from './captures/made.ts';
import { createCpuProfiles } from './cpu/profiles.ts';
import { createCpuSampler } from './cpu/sampler.ts';
import { createHealthKeeper } from './health/keeper.ts';
import { ownIsolateBytes } from './health/outside/levels.ts';
import { createHealthSources } from './health/sources.ts';
import { externalSnapshot } from './heap/external.ts';
import { createHolderSearches, HOLDERS_SWITCHED_OFF } from './heap/holders/holders.ts';
import { locateSteps } from './heap/holders/located-steps.ts';
import { createHeapSnapshots } from './heap/snapshots.ts';
import { createHeapTables } from './heap/tables.ts';
import { startCollector } from './history/collector.ts';
import { createKnownRoutes } from './metrics/known-routes.ts';
import type { ProcessFacts } from './process-facts.ts';
import { createRequestAnswers } from './requests/requests.ts';
import { watchLoop } from './stalls/loop-watch.ts';
import type { OwnPause, StallWatch } from './stalls/watch.ts';
import { type GoroutineSnapshot, goroutinesOf, type TasksRequest } from './tasks.ts';
import type { OwnedDiagnostics } from './types.ts';

/** Reading figures takes well under a millisecond: later than this, the thread is busy. */
const STATS_DEADLINE_MS = 1_000;
/** Looked up in less than a millisecond. */
const LOADED_MAP_DEADLINE_MS = 1_000;
/** Tasks are read in slices between which the program runs. */
const TASKS_DEADLINE_MS = 10_000;
/** Everyone who waits is asked for, after a look through all of the heap. */
const EXACT_TASKS_DEADLINE_MS = 60_000;
/** A forced collection of a large heap takes seconds. */
const HEAP_DEADLINE_MS = 30_000;

/** Of the last error of the run before. */
const LOCATE_DEADLINE_MS = 5_000;

const NO_BOX_MOUNTED =
  'a black box is written beside the observed thread only: with startDiagnostics and the preload';

/** Largest script and source map that is read. */
const MAX_FILE_BYTES = 32 * 1024 ** 2;
/** Decoded in some 30 ms, for which the program waits. */
const MAX_FILE_BYTES_MOUNTED = 512 * 1024;

export interface ProbeDiagnostics extends OwnedDiagnostics {
  /** Original places of what runs in the same program, such as in its worker threads. */
  locateStack: FrameLocator['locateStack'];
  /** From now on its health tells what is wrong with these parts as well. */
  judgeParts(findings: () => readonly Finding[]): void;
  /** Judges again, because something has changed with a part. */
  checkHealth(): void;
  /** As it was judged last; null before. */
  lastHealth(): Health | null;
}

/**
 * @param loop null on the observed thread itself, which cannot watch its own loop
 * @param blackBox where what is known is written down; none is written on the observed thread
 * @throws whatever `link.probe.describe` rejects with.
 */
export async function createProbeDiagnostics(
  link: ProbeLink,
  options: ResolvedOptions,
  loop: LoopAccess | null = null,
  blackBox: BlackBoxKeeper = absentBlackBox(NO_BOX_MOUNTED),
): Promise<ProbeDiagnostics> {
  const { probe, via } = link;
  const { entryFile, ...facts } = await probe.describe();
  const programRoot = await findProgramRoot(entryFile, facts.cwd);
  const service = serviceIdentity(options.service, globalThis.process.env);
  const process: ProcessFacts = { ...facts, ...service, programRoot };
  /** While the loop is stuck, of what runs there at least. */
  const readLoadedMap = (file: string): Promise<string | null> => {
    const asked =
      (isBlocked() ? callBlocked<string | null>('readLoadedMap', file) : null) ??
      probe.readLoadedMap(file);
    return withDeadline(asked, LOADED_MAP_DEADLINE_MS, () =>
      Promise.reject(new Error('the thread is busy')),
    );
  };
  const sourceMaps = openSourceMaps(options, programRoot, loop === null, readLoadedMap);
  const locator = createFrameLocator(sourceMaps, { programRoot });
  blackBox.locateWith((frames) =>
    locator.locateStack(frames.map(asStackFrame), LOCATE_DEADLINE_MS),
  );
  const loopWatch = watchLoop(loop, options.stallThresholdMs, locator);
  const { stalls: watch } = loopWatch;
  const isBlocked = () => watch.blockedForMs() !== null && watch.status().state !== 'RESPONSIVE';
  /** Null where the thread would not answer the inspector now. */
  function callBlocked<T>(method: ImmediateMethod, argument: unknown): Promise<T> | null {
    if (loop?.inspector == null || !mayAnswerInspector(watch)) return null;
    return loop.inspector.call(method, argument) as Promise<T>;
  }
  const readStatsBlocked = (closeInterval: boolean) =>
    callBlocked<FiguresReading>('readFigures', { closeInterval });
  const cpuProfiles = createCpuProfiles({
    sampler: createCpuSampler({
      link,
      inspector: loop?.inspector ?? null,
      watch,
      isBlocked,
      locate: locator.locateTree,
    }),
    maxSeconds: options.maxCpuProfileSeconds,
    instanceId: process.instanceId,
  });
  const collector = startCollector(probe, {
    ...options,
    instanceId: process.instanceId,
    blockedForMs: watch.blockedForMs,
    isProfiledSince: cpuProfiles.ranSince,
    readBlocked: () => readStatsBlocked(true),
  });
  watch.onBegin(collector.markStall);
  watch.onEnd(collector.markStall);

  const readFigures = lastAnswer({
    read: () => probe.readFigures({ closeInterval: false }),
    via,
    takenAtMs: (figures) => figures.takenAtMs,
    deadlineMs: STATS_DEADLINE_MS,
    isBlocked,
    onBlocked: watch.onBegin,
    onFree: watch.onEnd,
    readBlocked: () => readStatsBlocked(false),
    lastKnown: collector.lastFigures,
  });
  const readTasks = lastAnswer({
    read: async () => locator.locateStacks(await probe.readTasks()),
    via,
    takenAtMs: (tasks) => tasks.takenAtMs,
    deadlineMs: TASKS_DEADLINE_MS,
    isBlocked,
    onBlocked: watch.onBegin,
    onFree: watch.onEnd,
    readBlocked: () => {
      const known = callBlocked<TasksReading | null>('lastTasks', null);
      return known?.then((tasks) => tasks && locator.locateStacks(tasks)) ?? null;
    },
  });
  const locateHeap = oncePerRead(locator.locateTree<HeapReading>);
  const readHeap = lastAnswer({
    read: async () => locateHeap(await watch.duringOwnRead(probe.readHeap(), ownPause)),
    via,
    takenAtMs: (heap) => heap.collectedAtMs,
    deadlineMs: HEAP_DEADLINE_MS,
    isBlocked,
    onBlocked: watch.onBegin,
    onFree: watch.onEnd,
  });

  const externalReader = (collect: boolean) =>
    lastAnswer({
      read: async () =>
        locator.locateStacks(
          await watch.duringOwnRead(probe.readExternal({ collect }), ({ takenAtMs, pauseMs }) => ({
            endedAtMs: takenAtMs,
            pauseMs,
          })),
        ),
      via,
      takenAtMs: (reading) => reading.takenAtMs,
      deadlineMs: HEAP_DEADLINE_MS,
      isBlocked,
      onBlocked: watch.onBegin,
      onFree: watch.onEnd,
    });
  const readExternal = externalReader(false);
  const readExternalCollected = externalReader(true);
  const ownBytes = loop === null ? () => 0 : ownIsolateBytes;

  const heapTables = createHeapTables({
    readHeap,
    readAvailability: () => probe.heapAvailability(),
    initialAvailability: await probe.heapAvailability(),
    pauseBudgetPercent: options.pauseBudgetPercent,
    isBlocked,
    onRead: (heap) => healthSources.noteHeap(heap),
  });

  const allocationProfiles = createAllocationProfiles(
    createAllocationSource({
      probe,
      readHeap: heapTables.readProfile,
      availability: heapTables.availability,
      pauseBudgetPercent: options.pauseBudgetPercent,
      watch,
      locate: locator.locateTree,
    }),
    process.instanceId,
  );

  /** Nothing else would do: where the thread does not answer, there is none. */
  async function readTasksExactly(): Promise<Answered<TasksReading>> {
    if (isBlocked()) throw noExactTasks();
    const read = watch.duringOwnRead(probe.readTasksExactly(), (reading) => ({
      endedAtMs: reading.takenAtMs,
      pauseMs: reading.longestSliceMs,
    }));
    const value = await locator.locateStacks(
      await withDeadline(read, EXACT_TASKS_DEADLINE_MS, () => Promise.reject(noExactTasks())),
    );
    return { value, observation: { via, measuredAtMs: value.takenAtMs } };
  }

  async function goroutines({ raw, exact = false }: TasksRequest): Promise<GoroutineSnapshot> {
    const { value: reading, observation } = await (exact ? readTasksExactly() : readTasks());
    return goroutinesOf(reading, { raw, categoryRules: options.categoryRules, observation });
  }

  const { requests, routes, readRequests, readRoutes } = createRequestAnswers({
    readRequests: probe.readRequests,
    readRequestsBlocked: (question) => callBlocked<RequestsReading>('readRequests', question),
    readRoutes: async () => locator.locateStacks(await probe.readRoutes()),
    readRoutesBlocked: () =>
      callBlocked<RoutesReading>('readRoutes', null)?.then(locator.locateStacks) ?? null,
    readTasks,
    instanceId: process.instanceId,
    way: {
      via,
      deadlineMs: STATS_DEADLINE_MS,
      isBlocked,
      onBlocked: watch.onBegin,
      onFree: watch.onEnd,
    },
  });

  const knownRoutes = createKnownRoutes(() => probe.readRoutes());
  const collectingProbe = {
    ...probe,
    collectGarbage: (request?: CollectionRequest) =>
      watch.duringOwnRead(probe.collectGarbage(request), (reading) => reading),
  };
  const healthSources = createHealthSources({
    history: collector.history,
    loopWatch,
    hotCode: { glance: cpuProfiles.glance, look: loopWatch.look },
    lastFigures: collector.lastFigures,
    readFigures: () => probe.readFigures({ closeInterval: false }),
    readHeap: heapTables.readProfile,
    readKept: async (question) => locator.locateStacks(await probe.readKept(question)),
    readTasks: goroutines,
    outside: {
      probe: collectingProbe,
      lastFigures: collector.lastFigures,
      locate: locator.locateStacks,
      ownBytes,
      cores: process.availableParallelism ?? 1,
    },
    requests: { readRequests, readRoutes, readTasks: async () => (await readTasks()).value },
    previousRun: blackBox.evidence,
  });
  const boxWriter = createBoxWriter({
    blackBox,
    known: (findings) => ({
      figures: limitWatch.figures(),
      guessedOldSpaceBytes: limitWatch.guessedBytes(),
      history: collector.history(),
      allocations: boxAllocations(heapTables.lastTables()),
      tasks: healthSources.lastTasks(),
      findings,
      lastStall: watch.stalls()[0] ?? null,
    }),
    intervalMs: options.intervalMs,
  });
  const limitWatch = watchHeapLimit({
    lastFigures: collector.lastFigures,
    firstFigures: blackBox.firstFigures,
    readFigures: async () => (await readFigures()).value,
    readHeap: heapTables.readProfile,
    onNear: boxWriter.writeNow,
    isWanted: () => blackBox.status().file !== null,
  });
  const ofParts: (() => readonly Finding[])[] = [];
  const healthKeeper = createHealthKeeper({
    target: SELF,
    ofParts: () => ofParts.flatMap((findings) => findings()),
    evidence: healthSources.evidence,
    refresh: healthSources.refresh,
    suspect: healthSources.suspect,
    points: (signal) => collector.subscribe({ signal }),
    isAlwaysKept: true,
    onJudged: boxWriter.note,
  });
  watch.onBegin(healthKeeper.check);
  watch.onEnd(healthKeeper.check);

  const writeSnapshot = (request: HeapSnapshotRequest) =>
    watch.duringOwnRead(probe.writeHeapSnapshot(request), ownPause);
  const holders = createHolderSearches({
    unavailable: mayTakeSnapshots(options) ? null : HOLDERS_SWITCHED_OFF,
    memoryLimitBytes: options.heapSnapshotMemoryBytes,
    programRoot,
    write: async (request) => {
      if (isBlocked()) throw silentThread(', and a heap snapshot is written by that thread alone');
      return writeSnapshot(request);
    },
    heapSize: async () => ({
      usedBytes: (await readFigures()).value.memory.heapUsedBytes,
      liveObjects: heapTables.lastLiveObjects()?.count ?? null,
    }),
    knownStacks: heapTables.stackIds,
    locateTree: locator.locateTree,
    locatePlaces: (steps) => locateSteps(steps, locator),
    locateStacks: locator.locateStacks,
  });

  const answers: Omit<OwnedDiagnostics, 'captures'> = {
    async pprof() {
      const { value: figures, observation } = await readFigures();
      const cpu = collector.lastCpu();
      const liveObjects = heapTables.lastLiveObjects();
      const heapObjects = liveObjects?.count ?? null;
      const unavailable = unavailableFields({
        heap: heapTables.availability(),
        liveObjects: heapObjects,
        totalAllocatedBytes: figures.memory.totalAllocatedBytes,
        liveTasks: figures.liveTasks,
      });
      return {
        timestampMs: Date.now(),
        observation,
        figures,
        cpu,
        process,
        heapObjects,
        heapObjectsAtMs: liveObjects?.collectedAtMs ?? null,
        unavailable,
      };
    },
    allocations: heapTables.read,
    heapProfile: heapTables.readProfile,
    async externalAllocations({ collect = false } = {}) {
      const { value } = await (collect ? readExternalCollected() : readExternal());
      return externalSnapshot(value, ownBytes());
    },
    heapSnapshot: createHeapSnapshots({
      isEnabled: options.heapSnapshots,
      write: writeSnapshot,
    }),
    holders,
    goroutines: healthSources.readTasks,
    requests,
    routes,
    eventLoop: async () => watch.status(),
    stalls: async () => watch.stalls(),
    health: healthKeeper.health,
    healthChanges: healthKeeper.healthChanges,
    cpuProfiles,
    allocationProfiles,
    history: collector.history,
    metricsHistory: collector.subscribe,
    async metrics() {
      const figures = collector.lastFigures();
      // Of what is known: a stall may have gone on for long since the last point.
      healthKeeper.check();
      return {
        figures: figures && withFreshProcess(figures),
        process,
        points: collector.history(),
        health: healthKeeper.known(),
        tasks: healthSources.taskTotals(),
        stalls: watch.totals(),
        blockedForMs: watch.blockedForMs(),
        gcPauseMs: collector.gcPauseMs(),
        requestsServed: figures?.requestsServed ?? null,
        routes: knownRoutes.routes(),
      };
    },
    process: async () => process,
    instrumentation: async () => (await readFigures()).value.instrumentation,
    sourceMaps: sourceMaps.status,
    blackBox: blackBox.status,
    previousRun: async () => blackBox.previousRun(),
    stop() {
      limitWatch.stop();
      boxWriter.stop();
      loopWatch.stop();
      healthKeeper.stop();
      healthSources.stop();
      cpuProfiles.stop();
      holders.stop();
      allocationProfiles.stop();
      loop?.inspector?.close();
      collector.stop();
      link.close();
    },
  };
  const made = createMadeSource({
    probe: collectingProbe,
    locateExternal: locator.locateStacks,
    locateOutside: locator.locateStacks,
    locateKept: locator.locateStacks,
  });
  const captures = createCaptures({
    made,
    readBuffers: ({ askedAtMs }) => made.readBuffers(askedAtMs),
    readHeap: answers.heapProfile,
    readTasks: () => answers.goroutines({ raw: false }),
    readPprof: answers.pprof,
    maxCaptures: options.maxCaptures,
    pauseBudgetPercent: options.pauseBudgetPercent,
  });
  return {
    ...answers,
    captures,
    locateStack: locator.locateStack,
    judgeParts(findings) {
      ofParts.push(findings);
    },
    checkHealth: healthKeeper.check,
    lastHealth: healthKeeper.last,
  };
}

/** What is the whole process', any of its threads can read. */
function withFreshProcess(figures: FiguresReading): FiguresReading {
  const { user, system } = globalThis.process.cpuUsage();
  return {
    ...figures,
    memory: { ...figures.memory, rssBytes: globalThis.process.memoryUsage.rss() },
    cpu: { userUs: user, systemUs: system },
  };
}

function asStackFrame(frame: Frame): StackFrame {
  return { ...frame, column: frame.column ?? 0, isAsync: false };
}

/** A search that shows no values may be asked for wherever nobody depends on the program. */
function mayTakeSnapshots({ heapSnapshots }: ResolvedOptions): boolean {
  return heapSnapshots || globalThis.process.env.NODE_ENV !== 'production';
}

function noExactTasks(): DiagnosticsError {
  return silentThread(', and tasks are read exactly by that thread alone');
}

/** Where this is the observed thread itself, large maps are left alone: they take long to decode. */
function openSourceMaps(
  { sourceMaps, sourceMapMemoryBytes }: ResolvedOptions,
  programRoot: string,
  isObservedThread: boolean,
  readLoaded: (file: string) => Promise<string | null>,
): SourceMaps {
  if (!sourceMaps) return NO_SOURCE_MAPS;
  return createSourceMaps({
    programRoot,
    memoryLimitBytes: sourceMapMemoryBytes,
    maxFileBytes: isObservedThread ? MAX_FILE_BYTES_MOUNTED : MAX_FILE_BYTES,
    readLoaded,
  });
}

/** While the pause budget holds reads back, the same one comes again and again. */
function oncePerRead(
  locate: (reading: HeapReading) => Promise<HeapReading>,
): (reading: HeapReading) => Promise<HeapReading> {
  let last: HeapReading | null = null;
  return async (reading) => {
    if (last?.collectedAtMs !== reading.collectedAtMs) last = await locate(reading);
    return last;
  };
}

/** Not in native code, and not while pprofql or a debugger has the thread. */
function mayAnswerInspector(watch: StallWatch): boolean {
  return ['RESPONSIVE', 'UNKNOWN', 'RUNNING_JAVASCRIPT'].includes(watch.status().state);
}

function ownPause({
  collectedAtMs,
  pauseMs,
}: Pick<HeapSnapshotReading, 'collectedAtMs' | 'pauseMs'>): OwnPause {
  return { endedAtMs: collectedAtMs, pauseMs };
}
