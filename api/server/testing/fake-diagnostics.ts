import { takenStackProfile } from '../../diagnostics/stack-profile.ts';
/** Diagnostics as plain data, with a history that a test feeds point by point. */

import type { Figures } from '../../analyzers/figures.ts';
import type { CpuUsage } from '../../analyzers/metrics/cpu-meter.ts';
import type { MetricValues } from '../../analyzers/metrics/metrics.ts';
import { DiagnosticsError } from '../../base/errors.ts';
import type { AllocationProfiles } from '../../diagnostics/allocation-profiles/profiles.ts';
import type { CpuProfiles } from '../../diagnostics/cpu/profiles.ts';
import { noHolderSearches } from '../../diagnostics/heap/holders/none.ts';
import { createInterval } from '../../diagnostics/history/interval.ts';
import type { DeliveredPoint, HistoryPoint } from '../../diagnostics/history/point.ts';
import type { Health } from '../../health/finding.ts';
import { UNMEASURED_LOOP } from '../../probe/process/event-loop.ts';
import { emptyInterval } from '../../probe/process/gc-observer.ts';
import { aFiguresReading } from '../../probe/testing/figures-reading.ts';
import type { TargetedDiagnostics, TargetStatus } from '../../targets/target.ts';

const EPOCH_MS = Date.UTC(2026, 0, 31, 12);

const figures = aFiguresReading({
  takenAtMs: EPOCH_MS,
  memory: {
    heapUsedBytes: 5e9,
    heapTotalBytes: 6e9,
    totalAllocatedBytes: 7e9,
    heapLimitBytes: 8e9,
    oldSpaceUsedBytes: 4e9,
    externalBytes: 1,
    arrayBuffersBytes: 1,
    rssBytes: 9e9,
  },
  cpu: { userUs: 1, systemUs: 1 },
  gc: {
    count: 3,
    lastPauseNs: 4e9,
    interval: { ...emptyInterval(), minor: { count: 1, totalNs: 1, maxNs: 1 } },
  },
  eventLoop: {
    ...UNMEASURED_LOOP,
    delayP50Ms: 1,
    delayP99Ms: 2,
    delayMaxMs: 3,
    utilization: 0.5,
  },
  liveTasks: 12,
  requestsInFlight: 1,
});

const process = {
  pid: 42,
  instanceId: 'instance',
  startedAtMs: EPOCH_MS,
  nodeVersion: 'v26.10.0',
  v8Version: '15',
  platform: 'linux',
  arch: 'x64',
  title: 'app.js',
  cwd: '/app',
  cpuCount: 2,
  availableParallelism: 2,
};

const status: TargetStatus = {
  name: 'self',
  kind: 'NODE',
  state: 'ANSWERING',
  lastAnswerAtMs: EPOCH_MS,
  error: null,
};

const observation = { via: 'DIRECT' as const, measuredAtMs: EPOCH_MS };
const cpu = { usagePercent: 10, userSeconds: 1, systemSeconds: 0 };
const metrics = metricsOf(figures, cpu);

/** All there are, as the history makes them. */
function metricsOf(figures: Figures, cpuUsage: CpuUsage): MetricValues {
  const interval = createInterval();
  interval.add(figures);
  return interval.close({ sysBytes: figures.memory.rssBytes, cpu: cpuUsage });
}

function noCapture(): never {
  throw new DiagnosticsError('NOT_FOUND', 'a fake keeps no captures');
}

function point(sequence: number): HistoryPoint {
  return {
    sequence,
    timestampMs: EPOCH_MS + sequence,
    instanceId: 'instance',
    isResponding: true,
    blockedForMs: 0,
    isProfiled: false,
    ...metrics,
  };
}

const HEALTHY: Health = {
  status: 'HEALTHY',
  sentence: 'Healthy.',
  checkedAtMs: EPOCH_MS,
  findings: [],
  tooEarly: [],
  cleared: [],
};

const noCpuProfiles: CpuProfiles = {
  maxSeconds: 60,
  take: async () => ({ kind: 'CANCELLED', id: 'instance-1' }),
  glance: async () => null,
  running: () => null,
  cancel: () => false,
  list: () => [],
  get: () => null,
  ranSince: () => false,
  stop: () => {},
};

const noAllocationProfiles: AllocationProfiles = {
  take: async () => ({ kind: 'CANCELLED', id: 'instance-1' }),
  running: () => null,
  cancel: () => false,
  stop: () => {},
};

export interface FakeDiagnostics extends TargetedDiagnostics {
  /** Adds the next point to the history and wakes every subscriber. */
  tick(): void;
  /** Subscriptions that have started and not ended. */
  subscribers(): number;
  /** Events that subscribers have been given so far. */
  delivered(): number;
}

/** `overrides` replaces single methods, such as one that fails. */
export function fakeDiagnostics(overrides: Partial<TargetedDiagnostics> = {}): FakeDiagnostics {
  const points = [point(1), point(2)];
  let ticked = Promise.withResolvers<void>();
  let subscribers = 0;
  let delivered = 0;

  async function* metricsHistory({
    after,
    signal,
  }: {
    after?: number | null;
    signal?: AbortSignal;
  }): AsyncGenerator<DeliveredPoint[]> {
    const aborted = new Promise<void>((resolve) =>
      signal?.addEventListener('abort', () => resolve(), { once: true }),
    );
    let seen = after ?? 0;
    subscribers += 1;
    try {
      while (!signal?.aborted) {
        const fresh = points.filter(({ sequence }) => sequence > seen);
        if (fresh.length > 0) {
          seen = fresh.at(-1)!.sequence;
          delivered += 1;
          yield fresh.map((each) => ({ ...each, droppedBefore: 0 }));
        }
        if (points.at(-1)!.sequence === seen) await Promise.race([ticked.promise, aborted]);
      }
    } finally {
      subscribers -= 1;
    }
  }

  const fake: FakeDiagnostics = {
    target: () => ({ ...fake, name: 'self', status: async () => status }),
    targets: async () => [status],
    originOf: (file) => (file.startsWith('node:') ? 'RUNTIME' : 'OWN'),
    isOwnFile: () => false,
    pprof: async () => ({
      timestampMs: EPOCH_MS,
      observation,
      figures,
      cpu,
      process,
      heapObjects: null,
      unavailable: [{ field: 'topAllocations', reason: 'a fake has none' }],
    }),
    allocations: async () => null,
    heapProfile: async () => {
      throw new DiagnosticsError('UNAVAILABLE', 'a fake has none');
    },
    externalAllocations: async () => {
      throw new DiagnosticsError('UNAVAILABLE', 'a fake has none');
    },
    goroutines: async ({ raw }) => ({
      timestampMs: EPOCH_MS,
      observation,
      isExact: false,
      total: 0,
      groups: [],
      summary: { background: 0, perRequest: 0, unknown: 0, longWaiting: 0, potentiallyStuck: 0 },
      raw: raw ? { text: 'goroutine 1 [running]:', isTruncated: false } : null,
      instrumentation: figures.instrumentation,
    }),
    captures: {
      list: async () => [],
      capture: async () => noCapture(),
      delete: async () => false,
      diff: async () => noCapture(),
    },
    requests: async () => ({
      observation,
      rows: [],
      total: 0,
      placeKnown: 0,
      beyondLimit: 0,
    }),
    routes: async () => ({ observation, rows: [] }),
    eventLoop: async () => ({
      state: 'RESPONSIVE',
      blockedForMs: 0,
      starvedForMs: 0,
      stack: null,
      sentence: 'The loop turns.',
      unwatchedReason: null,
    }),
    stalls: async () => [],
    health: async () => HEALTHY,
    async *healthChanges() {
      yield HEALTHY;
    },
    heapSnapshot: async () => {
      throw new DiagnosticsError('UNAVAILABLE', 'a fake writes none');
    },
    holders: noHolderSearches('a fake holds nothing'),
    cpuProfiles: noCpuProfiles,
    allocationProfiles: noAllocationProfiles,
    history: () => points,
    metricsHistory,
    metrics: async () => ({
      figures,
      process,
      points,
      health: HEALTHY,
      tasks: { readAtMs: EPOCH_MS, potentiallyStuck: 3, outlivedRequest: 2 },
      stalls: { count: 2, ms: 2_500 },
      blockedForMs: 0,
      gcPauseMs: 1_500,
      requestsServed: 8,
      routes: [{ route: 'GET /a', count: 8, answeredMs: 400, p50Ms: 40, p95Ms: 90, p99Ms: 100 }],
    }),
    process: async () => process,
    instrumentation: async () => figures.instrumentation,
    stackProfile: async () =>
      takenStackProfile({
        readAtMs: EPOCH_MS,
        count: 3,
        delayNs: 5,
        rows: [
          {
            count: 2,
            delayNs: 4,
            frames: [{ function: 'main.hold', file: '/app/hold.go', line: 1 }],
          },
          {
            count: 1,
            delayNs: 1,
            frames: [{ function: 'main.hold', file: '/app/hold.go', line: 2 }],
          },
        ],
      }),
    ...overrides,
    tick() {
      points.push(point(points.length + 1));
      ticked.resolve();
      ticked = Promise.withResolvers();
    },
    subscribers: () => subscribers,
    delivered: () => delivered,
  };
  return fake;
}
