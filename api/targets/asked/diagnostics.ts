/**
 * Diagnostics of what is asked through a source, such as another process or a saved file: its readings,
 * put together as those of a probe are (`createProbeDiagnostics`).
 */
import { randomUUID } from 'node:crypto';
import { DiagnosticsError } from '../../base/errors.ts';
import type { ResolvedOptions } from '../../base/options/options.ts';
import { withDeadline } from '../../base/waiting/deadline.ts';
import { singleFlight } from '../../base/waiting/single-flight.ts';
import { createAllocationProfiles } from '../../diagnostics/allocation-profiles/profiles.ts';
import { createCaptures } from '../../diagnostics/captures/captures.ts';
import { createCpuProfiles } from '../../diagnostics/cpu/profiles.ts';
import { savedExternal } from '../../diagnostics/heap/external.ts';
import { noHolderSearches } from '../../diagnostics/heap/holders/holders.ts';
import type { MetricsSnapshot } from '../../diagnostics/metrics/snapshot.ts';
import type { PprofSnapshot } from '../../diagnostics/pprof.ts';
import type { ProcessFacts } from '../../diagnostics/process-facts.ts';
import { checkRowLimit } from '../../diagnostics/requests/limit.ts';
import { unwatchedLoop } from '../../diagnostics/stalls/unwatched-loop.ts';
import type { OwnedDiagnostics } from '../../diagnostics/types.ts';
import type { Health } from '../../health/finding.ts';
import type { Via } from '../../link/via.ts';
import type { TargetReading, TargetSource } from '../target.ts';
import { createTargetAllocationSource } from './allocation-source.ts';
import type { Answering } from './answering.ts';
import { createTargetCpuSource } from './cpu-source.ts';
import { createTargetHealthKeeper } from './health.ts';
import { createTargetHistory } from './history.ts';

export interface SourceDiagnosticsOptions
  extends Pick<
    ResolvedOptions,
    'intervalMs' | 'historySize' | 'maxCaptures' | 'maxCpuProfileSeconds' | 'pauseBudgetPercent'
  > {
  name: string;
  answering: Answering;
  keepHistory: boolean;
  /** How its answers come. */
  via: Via;
}

/** Who asks for metrics again and again does not wait for a target that is silent. */
const METRICS_DEADLINE_MS = 2_000;
/** So many intervals a judgment counts. */
const HEALTH_POINTS = 6;

export function createSourceDiagnostics(
  source: TargetSource,
  options: SourceDiagnosticsOptions,
): OwnedDiagnostics {
  const { answering } = options;
  const unwatched = unwatchedLoop('the target has no event loop that is watched');
  const cpuProfiles = createCpuProfiles({
    sampler: createTargetCpuSource(
      { readCpuProfile: (request) => answering.track(source.readCpuProfile(request)) },
      options.via,
    ),
    maxSeconds: options.maxCpuProfileSeconds,
    instanceId: randomUUID(),
  });
  const allocationProfiles = createAllocationProfiles(
    createTargetAllocationSource(() => readHeap(), { ...options, kind: () => source.kind }),
    randomUUID(),
  );
  let lastReading: TargetReading | null = null;
  async function keep(reading: Promise<TargetReading>): Promise<TargetReading> {
    lastReading = await reading;
    return lastReading;
  }

  /** Facts that change only when it is restarted: asked for as often as a point is taken, not more. */
  async function process(): Promise<ProcessFacts> {
    const known = lastReading;
    const ageMs = Date.now() - (known?.figures.takenAtMs ?? 0);
    return known !== null && ageMs < options.intervalMs ? known.process : (await read()).process;
  }

  const history = createTargetHistory({
    ...options,
    read: () => keep(answering.track(source.read({ closeInterval: true }))),
    isProfiledSince: cpuProfiles.ranSince,
  });

  // However many fields ask at a time, the target is asked once.
  const read = singleFlight(() => keep(answering.track(source.read({ closeInterval: false }))));
  const allocations = singleFlight(async () => {
    const tables = await answering.track(source.readAllocations());
    healthKeeper.noteAllocations(tables);
    return tables;
  });
  // Many targets are not asked at all for it, which says nothing of how they fare.
  const readLoop = singleFlight(async () => (await source.readLoop?.()) ?? null);
  const readHeap = singleFlight(() => answering.track(source.readHeap()));
  const healthKeeper = createTargetHealthKeeper({
    ...options,
    kind: () => source.kind,
    history,
    read,
    lastReading: () => lastReading,
    readTasks: (request) => answering.track(source.readGoroutines(request)),
    readLoop: async () => (await readLoop())?.status ?? null,
    readHealth: async () => (await source.readHealth?.()) ?? null,
  });
  const goroutines = healthKeeper.readTasks;

  async function pprof(): Promise<PprofSnapshot> {
    const { figures, cpu, ...rest } = await read();
    return {
      ...rest,
      timestampMs: Date.now(),
      observation: { via: options.via, measuredAtMs: figures.takenAtMs },
      figures,
      cpu: cpu ?? history.lastCpu(),
    };
  }

  /** It is judged while somebody follows it, and what was found long before says nothing of now. */
  function recentHealth(): Health | null {
    const health = healthKeeper.known();
    const ageMs = Date.now() - (health?.checkedAtMs ?? 0);
    return ageMs < HEALTH_POINTS * options.intervalMs ? health : null;
  }

  /** A target that does not answer has no figures: those from before would look like some of now. */
  async function metrics(): Promise<MetricsSnapshot> {
    const isFresh = () =>
      answering.status().error === null &&
      lastReading !== null &&
      Date.now() - lastReading.figures.takenAtMs < options.intervalMs;
    if (!isFresh()) {
      const asked = read().catch(() => null);
      await withDeadline<unknown>(asked, METRICS_DEADLINE_MS, () => null);
    }
    const known = answering.status().error === null ? lastReading : null;
    return {
      figures: known?.figures ?? null,
      process: known?.process ?? null,
      points: known === null ? [] : history.history(),
      health: recentHealth(),
      tasks: known && healthKeeper.taskTotals(),
      stalls: null,
      blockedForMs: null,
      gcPauseMs: null,
      requestsServed: null,
      routes: [],
    };
  }

  return {
    pprof,
    metrics,
    allocations,
    heapProfile: readHeap,
    async externalAllocations() {
      const { profile, collectedAtMs } = await readHeap();
      const external = savedExternal(profile, collectedAtMs);
      if (external !== null) return external;
      throw new DiagnosticsError('UNAVAILABLE', 'the target tells nothing of buffers by stack');
    },
    async heapSnapshot() {
      throw new DiagnosticsError('UNAVAILABLE', 'heap snapshots are written in this process only');
    },
    holders: noHolderSearches(
      'what holds an allocation is found in this process only: ask the pprofql in it',
    ),
    goroutines,
    async requests(question) {
      checkRowLimit(question.limit);
      return (await source.readRequests?.(question)) ?? null;
    },
    async routes(question) {
      checkRowLimit(question.limit);
      return (await source.readRoutes?.(question)) ?? null;
    },
    captures: createCaptures({
      ...options,
      readHeap,
      readBuffers: async ({ heap }) => heap && savedExternal(heap.profile, heap.collectedAtMs),
      readTasks: () => goroutines({ raw: false }),
      readPprof: pprof,
    }),
    eventLoop: async () => (await readLoop())?.status ?? unwatched.status(),
    stalls: async () => (await readLoop())?.stalls ?? [],
    health: healthKeeper.health,
    healthChanges: healthKeeper.healthChanges,
    cpuProfiles,
    allocationProfiles,
    history: history.history,
    metricsHistory: history.subscribe,
    process,
    previousRun: async () => (await source.readPreviousRun?.()) ?? null,
    instrumentation: async () => (await read()).figures.instrumentation,
    stop() {
      cpuProfiles.stop();
      allocationProfiles.stop();
      healthKeeper.stop();
      history.stop();
    },
  };
}
