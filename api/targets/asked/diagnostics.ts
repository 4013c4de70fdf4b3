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
import { checkLimit } from '../../diagnostics/answers/limit.ts';
import { createCaptures } from '../../diagnostics/captures/captures.ts';
import type { KeptCaptures } from '../../diagnostics/captures/kept.ts';
import { createCpuProfiles } from '../../diagnostics/cpu/profiles.ts';
import { savedExternal } from '../../diagnostics/heap/external.ts';
import { noHolderSearches } from '../../diagnostics/heap/holders/none.ts';
import type { MetricsSnapshot } from '../../diagnostics/metrics/snapshot.ts';
import type { PprofSnapshot } from '../../diagnostics/pprof.ts';
import type { ProcessFacts } from '../../diagnostics/process-facts.ts';
import { takenStackProfile } from '../../diagnostics/stack-profile.ts';
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
import { createRemembered, freshOrLast, type Remembered } from './remembered.ts';
import { createRememberedTasks } from './remembered-tasks.ts';

export interface SourceDiagnosticsOptions
  extends Pick<
    ResolvedOptions,
    'intervalMs' | 'historySize' | 'maxCaptures' | 'maxCpuProfileSeconds' | 'pauseBudgetPercent'
  > {
  name: string;
  answering: Answering;
  /** Absent: it is asked seldom while nobody watches. */
  keepHistory?: boolean | undefined;
  /** How its answers come. */
  via: Via;
  /** Where its captures are kept. @default in memory */
  kept?: KeptCaptures | undefined;
}

/** Who asks for metrics again and again does not wait for a target that is silent. */
const METRICS_DEADLINE_MS = 2_000;
/** A target that is silent for so long hangs. */
const PATIENCE_MS = 5_000;
/** Where a thread beside the program answers for it, only a busy machine makes anybody wait. */
const NODE_PATIENCE_MS = 15_000;
/** Of a target that dies, something is known in any case; its figures cost it little. */
const UNWATCHED_INTERVAL_MS = 30_000;
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
    if (known !== null && ageMs < options.intervalMs) return known.process;
    return (await knownReading()).value.process;
  }

  const history = createTargetHistory({
    ...options,
    keepHistory: options.keepHistory ?? false,
    unwatchedIntervalMs:
      options.keepHistory === undefined
        ? Math.max(UNWATCHED_INTERVAL_MS, options.intervalMs)
        : null,
    read: () => keep(answering.track(source.read({ closeInterval: true }))),
    onUnwatchedPoint: () => healthKeeper.refreshTasksSeldom(),
    isProfiledSince: cpuProfiles.ranSince,
  });

  // However many fields ask at a time, the target is asked once.
  const figures = remembered('figures', () => keep(source.read({ closeInterval: false })));
  const read = figures.fresh;
  const tables = remembered('allocations', async () => {
    const told = await source.readAllocations();
    healthKeeper.noteAllocations(told);
    return told;
  });
  const goroutines = createRememberedTasks(
    (request) => remembered('goroutines', () => source.readGoroutines(request)),
    (request) => answering.track(source.readGoroutines(request)),
  );
  // Many targets are not asked at all for it, which says nothing of how they fare.
  const readLoop = singleFlight(async () => (await source.readLoop?.()) ?? null);
  const readHeap = singleFlight(() => answering.track(source.readHeap()));
  const healthKeeper = createTargetHealthKeeper({
    ...options,
    kind: () => source.kind,
    history,
    read,
    lastReading: () => lastReading,
    readTasks: goroutines.fresh,
    readLoop: async () => (await readLoop())?.status ?? null,
    readHealth: async () => (await source.readHealth?.()) ?? null,
  });
  function remembered<T>(what: string, ask: () => Promise<T>): Remembered<T> {
    const patienceMs = () => (isOfNode(source.kind) ? NODE_PATIENCE_MS : PATIENCE_MS);
    return createRemembered({ name: options.name, what, answering, ask, patienceMs });
  }

  function pprofOf({ figures: told, cpu, ...rest }: TargetReading, via: Via): PprofSnapshot {
    return {
      ...rest,
      timestampMs: Date.now(),
      observation: { via, measuredAtMs: told.takenAtMs },
      figures: told,
      cpu: cpu ?? history.lastCpu(),
    };
  }

  /** What is compared with other moments is of this one, or not at all. */
  const freshPprof = async () => pprofOf(await read(), options.via);

  /** What its history was taken of is newer than what somebody has asked for. */
  async function knownReading(): Promise<{ value: TargetReading; isLast: boolean }> {
    return freshOrLast(read(), () => lastReading);
  }

  async function pprof(): Promise<PprofSnapshot> {
    const { value, isLast } = await knownReading();
    return pprofOf(value, isLast ? 'LAST_KNOWN' : options.via);
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
    allocations: async () => (await freshOrLast(tables.fresh(), tables.last)).value,
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
    goroutines: (request) => goroutines.freshOrLast(request, healthKeeper.readTasks),
    async requests(question) {
      checkLimit(question.limit);
      return (await source.readRequests?.(question)) ?? null;
    },
    async routes(question) {
      checkLimit(question.limit);
      return (await source.readRoutes?.(question)) ?? null;
    },
    captures: createCaptures({
      ...options,
      readHeap,
      readBuffers: async ({ heap }) => heap && savedExternal(heap.profile, heap.collectedAtMs),
      readTasks: () => healthKeeper.readTasks({ raw: false }),
      readPprof: freshPprof,
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
    async stackProfile(kind) {
      const read = source.readStackProfile && answering.track(source.readStackProfile(kind));
      const profile = (await read) ?? null;
      return profile && takenStackProfile(profile);
    },
    instrumentation: async () => (await knownReading()).value.figures.instrumentation,
    stop() {
      cpuProfiles.stop();
      allocationProfiles.stop();
      healthKeeper.stop();
      history.stop();
    },
  };
}

function isOfNode(kind: TargetSource['kind']): boolean {
  return kind === 'PPROFQL' || kind === 'NODE' || kind === 'NODE_THREAD';
}
