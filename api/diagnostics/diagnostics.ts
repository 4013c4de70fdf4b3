/**
 * Diagnostics of what a probe of ours is in: it composes the probe's readings, the analyzers and the
 * collector, and holds what is known while the observed thread is silent.
 */

import type { ResolvedOptions } from '../base/options/options.ts';
import { serviceIdentity } from '../base/options/service.ts';
import { SELF } from '../base/self.ts';
import type { Finding, Health } from '../health/finding.ts';
import type { LoopAccess } from '../link/observed-loop.ts';
import type { ProbeLink } from '../link/probe-link.ts';
import type { HeapSnapshotRequest } from '../probe/readings/memory/heap-snapshot.ts';
import type { CollectionRequest } from '../probe/readings/memory/outside.ts';
import type { StackFrame } from '../probe/readings/tasks.ts';
import type { Frame } from '../profile/profile.ts';
import { createFrameLocator, type FrameLocator } from '../source-maps/frame-locator.ts';
import { findProgramRoot } from '../source-maps/program-root.ts';
import { createAllocationProfiles } from './allocation-profiles/profiles.ts';
import { createAllocationSource } from './allocation-profiles/source.ts';
import { pprofAnswer } from './answers/pprof.ts';
import { createReadings } from './answers/readings.ts';
import { askStuckLoop } from './answers/stuck-loop.ts';
import { absentBlackBox, type BlackBoxKeeper } from './black-box/black-box.ts';
import { writeKnownRun } from './black-box/known.ts';
import { createCaptures } from './captures/captures.ts';
import { createMadeSource } from './captures/made.ts';
import { createCpuProfiles } from './cpu/profiles.ts';
import { createCpuSampler } from './cpu/sampler.ts';
import { createHealthKeeper } from './health/keeper.ts';
import { ownIsolateBytes } from './health/outside/levels.ts';
import { createHealthSources } from './health/sources.ts';
import { externalSnapshot } from './heap/external.ts';
import { searchesOfProgram } from './heap/program-searches.ts';
import { createHeapSnapshots } from './heap/snapshots.ts';
import { createHeapTables } from './heap/tables.ts';
import { startCollector } from './history/collector.ts';
import { knownMetrics } from './metrics/known.ts';
import { createKnownRoutes } from './metrics/known-routes.ts';
import { openSourceMaps } from './opened-source-maps.ts';
import type { ProcessFacts } from './process-facts.ts';
import { createRequestAnswers } from './requests/requests.ts';
import { watchLoop } from './stalls/loop-watch.ts';
import { ownPause } from './stalls/own-pause.ts';
import { type GoroutineSnapshot, goroutinesOf, type TasksRequest } from './tasks.ts';
import type { OwnedDiagnostics } from './types.ts';

/** Of the last error of the run before. */
const LOCATE_DEADLINE_MS = 5_000;

const NO_BOX_MOUNTED =
  'a black box is written beside the observed thread only: with startDiagnostics and the preload';

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
  const { probe } = link;
  const { entryFile, ...facts } = await probe.describe();
  const programRoot = findProgramRoot(entryFile, facts.cwd);
  const service = serviceIdentity(options.service, globalThis.process.env);
  const process: ProcessFacts = { ...facts, ...service, programRoot };
  const sourceMaps = openSourceMaps({
    ...options,
    programRoot,
    isObservedThread: loop === null,
    probe,
    stuckLoop: () => stuckLoop,
  });
  const locator = createFrameLocator(sourceMaps, { programRoot });
  blackBox.locateWith((frames) =>
    locator.locateStack(frames.map(asStackFrame), LOCATE_DEADLINE_MS),
  );
  const loopWatch = watchLoop(loop, options.stallThresholdMs, locator);
  const { stalls: watch } = loopWatch;
  const stuckLoop = askStuckLoop(loop?.inspector ?? null, watch);
  const { isBlocked } = stuckLoop;
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
    readBlocked: () => stuckLoop.call('readFigures', { closeInterval: true }),
  });
  watch.onBegin(collector.markStall);
  watch.onEnd(collector.markStall);

  const readings = createReadings({
    link,
    stuckLoop,
    watch,
    locator,
    lastFigures: collector.lastFigures,
  });
  const ownBytes = loop === null ? () => 0 : ownIsolateBytes;

  const heapTables = createHeapTables({
    readHeap: readings.heap,
    readAvailability: () => probe.heapAvailability(),
    initialAvailability: await probe.heapAvailability(),
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

  async function goroutines({ raw, exact = false }: TasksRequest): Promise<GoroutineSnapshot> {
    const { value: reading, observation } = await (exact
      ? readings.tasksExactly()
      : readings.tasks());
    return goroutinesOf(reading, { raw, categoryRules: options.categoryRules, observation });
  }

  const { requests, routes, readRequests, readRoutes } = createRequestAnswers({
    readRequests: probe.readRequests,
    readRequestsBlocked: (question) => stuckLoop.call('readRequests', question),
    readRoutes: async () => locator.locateStacks(await probe.readRoutes()),
    readRoutesBlocked: () => stuckLoop.call('readRoutes', null)?.then(locator.locateStacks) ?? null,
    readTasks: readings.tasks,
    instanceId: process.instanceId,
    way: readings.way,
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
    collectGarbage: collectingProbe.collectGarbage,
    readKept: async (question) => locator.locateStacks(await probe.readKept(question)),
    readHeldCallbacks: async () =>
      locator.locateStacks(
        await watch.duringOwnRead(probe.readHeldCallbacks(), ({ takenAtMs, pauseMs }) => ({
          endedAtMs: takenAtMs,
          pauseMs,
        })),
      ),
    readTasks: goroutines,
    outside: {
      probe: collectingProbe,
      lastFigures: collector.lastFigures,
      locate: locator.locateStacks,
      ownBytes,
      cores: process.availableParallelism ?? 1,
    },
    requests: { readRequests, readRoutes, readTasks: async () => (await readings.tasks()).value },
    previousRun: blackBox.evidence,
  });
  const knownRun = writeKnownRun({
    blackBox,
    collector,
    readings,
    heapTables,
    watch,
    lastTasks: healthSources.lastTasks,
    intervalMs: options.intervalMs,
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
    onJudged: knownRun.note,
  });
  watch.onBegin(healthKeeper.check);
  watch.onEnd(healthKeeper.check);

  const writeSnapshot = (request: HeapSnapshotRequest) =>
    watch.duringOwnRead(probe.writeHeapSnapshot(request), ownPause);
  const holders = searchesOfProgram({
    options,
    programRoot,
    untilFree: stuckLoop.untilFree,
    write: writeSnapshot,
    readFigures: readings.figures,
    heapTables,
    locator,
  });

  const answers: Omit<OwnedDiagnostics, 'captures'> = {
    pprof: () =>
      pprofAnswer({
        readFigures: readings.figures,
        lastCpu: collector.lastCpu,
        heap: heapTables,
        process,
      }),
    allocations: heapTables.read,
    heapProfile: heapTables.readProfile,
    async externalAllocations({ collect = false } = {}) {
      const { value } = await readings.external({ collect });
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
    metrics: async () =>
      knownMetrics({
        collector,
        process,
        health: healthKeeper,
        taskTotals: healthSources.taskTotals,
        watch,
        routes: knownRoutes.routes,
      }),
    process: async () => process,
    instrumentation: async () => (await readings.figures()).value.instrumentation,
    sourceMaps: sourceMaps.status,
    blackBox: blackBox.status,
    previousRun: async () => blackBox.previousRun(),
    stop() {
      knownRun.stop();
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
    locate: locator.locateStacks,
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

function asStackFrame(frame: Frame): StackFrame {
  return { ...frame, column: frame.column ?? 0, isAsync: false };
}
