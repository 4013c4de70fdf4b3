/**
 * The health of a target, as it judges itself, or else by what it tells when it is asked: it is asked
 * only for those who want to know.
 */
import { UNKNOWN_CPU } from '../../analyzers/metrics/cpu-meter.ts';
import { createHealthKeeper, type HealthKeeper } from '../../diagnostics/health/keeper.ts';
import { loopEvidence } from '../../diagnostics/health/loop-evidence.ts';
import { createAllocationGrowth } from '../../diagnostics/health/memory/allocation-growth.ts';
import { createPointRecord } from '../../diagnostics/health/point-record.ts';
import { createKnownTasks, type KnownTasks } from '../../diagnostics/health/tasks/known-tasks.ts';
import type { AllocationSnapshot } from '../../diagnostics/heap/types.ts';
import { createInterval } from '../../diagnostics/history/interval.ts';
import type { HistoryPoint } from '../../diagnostics/history/point.ts';
import type { EventLoopStatus } from '../../diagnostics/stalls/types.ts';
import type { GoroutineSnapshot, TasksRequest } from '../../diagnostics/tasks.ts';
import { besidesLocks, type GoFacts } from '../../go-dump/facts.ts';
import { UNREAD_ELSEWHERE } from '../../health/evidence/evidence.ts';
import type { TaskEvidence } from '../../health/evidence/tasks.ts';
import type { Health } from '../../health/finding.ts';
import type { TargetKind, TargetReading } from '../target.ts';
import type { Answering } from './answering.ts';
import type { TargetHistory } from './history.ts';

export interface TargetHealthKeeperOptions {
  name: string;
  kind: () => TargetKind | null;
  /** How it fares. */
  answering: Answering;
  history: TargetHistory;
  keepHistory?: boolean | undefined;
  intervalMs: number;
  /** Each rejects where the target does not answer. */
  read: () => Promise<TargetReading>;
  /** The last of them, whoever asked for it. */
  lastReading: () => TargetReading | null;
  readTasks: (request: TasksRequest) => Promise<GoroutineSnapshot>;
  /** Null where no event loop is watched. */
  readLoop: () => Promise<EventLoopStatus | null>;
  /** Null where the target does not judge itself. */
  readHealth: () => Promise<Health | null>;
}

export interface TargetHealthKeeper extends HealthKeeper {
  /** Reads the tasks, and takes note of them. */
  readTasks: KnownTasks['read'];
  taskTotals: KnownTasks['totals'];
  /** With nobody watching: for the case that it dies. */
  refreshTasksSeldom(): void;
  /** Takes note of a read of the heap. */
  noteAllocations(snapshot: AllocationSnapshot | null): void;
}

/** Go stops the world for a dump of its goroutines: seldom, and this share of the time at most. */
const GOROUTINES_FRESH_FOR_MS = 60_000;
const GOROUTINES_SHARE = 0.02;
const TASKS_FRESH_FOR_MS = 5_000;
const TASKS_SELDOM_MS = 5 * 60_000;
const TASKS_SELDOM_SHARE = 0.001;
/** So long it counts what a target has told of itself: while somebody follows, it is asked at every point. */
const TOLD_FRESH_FOR_MS = 15_000;

export function createTargetHealthKeeper(options: TargetHealthKeeperOptions): TargetHealthKeeper {
  const { kind, history, answering } = options;
  const pointRecord = createPointRecord();
  const growth = createAllocationGrowth();
  let go: GoFacts | null = null;
  const tasks = createKnownTasks({
    async read(request) {
      const snapshot = await options.readTasks(request);
      go = snapshot.go ?? null;
      return snapshot;
    },
    freshForMs: (lastedMs) =>
      kind() === 'GO'
        ? Math.max(GOROUTINES_FRESH_FOR_MS, lastedMs / GOROUTINES_SHARE)
        : TASKS_FRESH_FOR_MS,
  });
  /** What is told of a lock is not told of its waiters again. */
  function groups(): readonly TaskEvidence[] | null {
    const known = tasks.groups();
    return known === null || go === null ? known : besidesLocks(known, go);
  }

  /** Figures of a time in which no history was kept, as a point of it. */
  let askedPoint: HistoryPoint | null = null;
  let loop: EventLoopStatus | null = null;
  let told: { health: Health; atMs: number } | null = null;
  let nextSeldomAtMs = 0;

  function points(): HistoryPoint[] {
    const kept = history.history();
    const newestMs = kept.at(-1)?.timestampMs ?? 0;
    return askedPoint === null || askedPoint.timestampMs <= newestMs ? kept : [...kept, askedPoint];
  }

  async function refreshFigures(): Promise<void> {
    const newestMs = points().at(-1)?.timestampMs ?? 0;
    if (answering.status().error === null && Date.now() - newestMs < options.intervalMs) return;
    const reading = await options.read().catch(() => null);
    if (reading !== null) askedPoint = pointOf(reading);
    else if (askedPoint !== null) askedPoint = silentPoint(askedPoint);
  }

  async function refreshLoop(): Promise<void> {
    loop = await options.readLoop().catch(() => null);
  }

  /** It may tell why it does not answer other questions. What it fails to tell is judged here. */
  async function refreshTold(): Promise<void> {
    const health = await options.readHealth().catch(() => null);
    told = health && { health, atMs: Date.now() };
  }

  const keeper = createHealthKeeper({
    target: options.name,
    toldHealth: () =>
      told !== null && Date.now() - told.atMs < TOLD_FRESH_FOR_MS ? told.health : null,
    evidence: () => ({
      points: pointRecord.note(points()),
      heapLimitBytes: options.lastReading()?.figures.memory.heapLimitBytes ?? null,
      kind: kind(),
      error: answering.status().error,
      loop: loop && loopEvidence(loop),
      tasks: groups(),
      requests: null,
      requestsBeyond: 0,
      routes: null,
      go,
      growth: growth.growth(),
      ...UNREAD_ELSEWHERE,
    }),
    async refresh() {
      // The first answer tells what it is, and so whether it judges itself.
      if (kind() === null) await refreshFigures();
      await refreshTold();
      if (told !== null) return;
      await refreshFigures();
      // One that does not answer is not asked for more.
      if (answering.status().error !== null && points().at(-1)?.isResponding !== true) return;
      await Promise.all([refreshLoop(), tasks.refresh()]);
    },
    points: (signal) => history.subscribe({ signal }),
    isAlwaysKept: options.keepHistory ?? false,
  });
  return {
    ...keeper,
    readTasks: tasks.read,
    taskTotals: tasks.totals,
    refreshTasksSeldom() {
      const nowMs = Date.now();
      if (nowMs < nextSeldomAtMs) return;
      nextSeldomAtMs = nowMs + TASKS_SELDOM_MS;
      void tasks.refresh().finally(() => {
        nextSeldomAtMs =
          nowMs + Math.max(TASKS_SELDOM_MS, (Date.now() - nowMs) / TASKS_SELDOM_SHARE);
      });
    },
    noteAllocations: growth.note,
  };
}

function pointOf({ figures, process, cpu }: TargetReading): HistoryPoint {
  const interval = createInterval();
  interval.add(figures);
  return {
    ...interval.close({ sysBytes: figures.memory.rssBytes, cpu: cpu ?? UNKNOWN_CPU }),
    sequence: 0,
    timestampMs: Date.now(),
    instanceId: process.instanceId,
    isResponding: true,
    isProfiled: false,
    blockedForMs: null,
  };
}

function silentPoint(point: HistoryPoint): HistoryPoint {
  return { ...point, timestampMs: Date.now(), isResponding: false };
}
