/** The diagnostics of one target: its readings, put together as those of this process are. */
import { randomUUID } from 'node:crypto';
import { createCaptures } from '../diagnostics/captures.ts';
import { createCpuProfiles } from '../diagnostics/cpu-profiles.ts';
import { singleFlight } from '../diagnostics/single-flight.ts';
import type { Diagnostics, PprofSnapshot } from '../diagnostics/types.ts';
import { unwatchedLoop } from '../diagnostics/unwatched-loop.ts';
import { DiagnosticsError } from '../errors.ts';
import type { Via } from '../link/via.ts';
import type { ResolvedOptions } from '../options.ts';
import type { TargetSource } from './target.ts';
import { createTargetCpuSource } from './target-cpu-source.ts';
import type { TargetHealth } from './target-health.ts';
import { createTargetHistory } from './target-history.ts';

export interface TargetDiagnosticsOptions
  extends Pick<
    ResolvedOptions,
    'intervalMs' | 'historySize' | 'maxCaptures' | 'maxCpuProfileSeconds' | 'pauseBudgetPercent'
  > {
  health: TargetHealth;
  keepHistory: boolean;
  /** How its answers come. */
  via: Via;
}

export function createTargetDiagnostics(
  source: Omit<TargetSource, 'kind'>,
  options: TargetDiagnosticsOptions,
): Diagnostics & { stop(): void } {
  const { health } = options;
  const unwatched = unwatchedLoop('the target has no event loop that is watched');
  const cpuProfiles = createCpuProfiles({
    sampler: createTargetCpuSource(
      { readCpuProfile: (request) => health.track(source.readCpuProfile(request)) },
      options.via,
    ),
    maxSeconds: options.maxCpuProfileSeconds,
    instanceId: randomUUID(),
  });
  const history = createTargetHistory({
    ...options,
    read: () => health.track(source.read({ closeInterval: true })),
    isProfiledSince: cpuProfiles.ranSince,
  });

  // However many fields ask at a time, the target is asked once.
  const read = singleFlight(() => health.track(source.read({ closeInterval: false })));
  const allocations = singleFlight(() => health.track(source.readAllocations()));
  const readLoop = singleFlight(() => health.track(source.readLoop()));
  const readHeap = singleFlight(() => health.track(source.readHeap()));
  const goroutines: Diagnostics['goroutines'] = (request) =>
    health.track(source.readGoroutines(request));

  async function pprof(): Promise<PprofSnapshot> {
    const { figures, cpu, ...rest } = await read();
    return {
      ...rest,
      timestampMs: Date.now(),
      observation: { via: options.via, measuredAtMs: figures.takenAtMs },
      stats: figures,
      cpu: cpu ?? history.lastCpu(),
    };
  }

  return {
    pprof,
    allocations,
    heapProfile: readHeap,
    async heapSnapshot() {
      throw new DiagnosticsError('UNAVAILABLE', 'heap snapshots are written in this process only');
    },
    goroutines,
    captures: createCaptures({
      ...options,
      readHeap,
      readTasks: () => goroutines({ raw: false }),
      readFigures: pprof,
    }),
    eventLoop: async () => (await readLoop())?.status ?? unwatched.status(),
    stalls: async () => (await readLoop())?.stalls ?? [],
    cpuProfiles,
    history: history.history,
    metricsHistory: history.subscribe,
    process: async () => (await read()).process,
    instrumentation: async () => (await read()).figures.instrumentation,
    stop() {
      cpuProfiles.stop();
      history.stop();
    },
  };
}
