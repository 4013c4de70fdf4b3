/**
 * Where the evidence for the health of the process comes from: each source tells its own fields of
 * it. Some tell themselves, some read when somebody asks, and some only once a point of the history
 * gives them a reason.
 */
import type { Evidence } from '../../health/evidence/evidence.ts';
import type { HistoryPoint } from '../history/point.ts';
import type { LoopWatch } from '../stalls/loop-watch.ts';
import type { GoroutineSnapshot, TasksRequest } from '../tasks.ts';
import { createThreadPool } from '../thread-pool/thread-pool.ts';
import { createHotCode, type HotCodeOptions } from './hot-code.ts';
import { loopEvidence } from './loop-evidence.ts';
import { createHeapGrowth, type HeapGrowth, type HeapGrowthOptions } from './memory/heap-growth.ts';
import { createOutsideSource, type OutsideSourceOptions } from './outside/outside.ts';
import { createPointRecord } from './point-record.ts';
import { createHeldCallbacks, type HeldCallbacksOptions } from './tasks/held-callbacks.ts';
import { createKnownRequests, type KnownRequestsOptions } from './tasks/known-requests.ts';
import { createKnownTasks, type KnownTasks } from './tasks/known-tasks.ts';
import { createLeftOver } from './tasks/left-over.ts';

export interface HealthSourcesOptions extends HeapGrowthOptions {
  /** The run before this one; null where it ended well. */
  previousRun: () => Evidence['previousRun'];
  requests: Omit<KnownRequestsOptions, 'history'>;
  readHeldCallbacks: HeldCallbacksOptions['read'];
  history: () => readonly HistoryPoint[];
  outside: OutsideSourceOptions;
  loopWatch: LoopWatch;
  hotCode: Pick<HotCodeOptions, 'glance' | 'look'>;
  readTasks: (request: TasksRequest) => Promise<GoroutineSnapshot>;
}

/** A source that has to read. Neither function rejects. */
interface ReadingSource {
  /** For somebody who asks: reads where what is known is too old. */
  refresh?(): Promise<void>;
  /** After each point, with nobody asking: reads only what that point makes suspect. */
  suspect?(evidence: Omit<Evidence, 'nowMs'>): Promise<void>;
}

export interface HealthSources {
  evidence(): Omit<Evidence, 'nowMs'>;
  refresh(): Promise<void>;
  suspect(): Promise<void>;
  /** The read of tasks, of which note is taken. */
  readTasks: (request: TasksRequest) => Promise<GoroutineSnapshot>;
  /** As last read; null before. */
  lastTasks: KnownTasks['groups'];
  taskTotals: KnownTasks['totals'];
  /** Takes note of a read of the heap, whoever asked for it. */
  noteHeap: HeapGrowth['note'];
  stop(): void;
}

export function createHealthSources(options: HealthSourcesOptions): HealthSources {
  const points = createPointRecord();
  const heapGrowth = createHeapGrowth(options);
  const tasks = createKnownTasks({ read: options.readTasks });
  const { stalls, delays, givenTime } = options.loopWatch;
  const hotCode = createHotCode(options.hotCode);
  const outside = createOutsideSource(options.outside);
  const requests = createKnownRequests({ ...options.requests, history: options.history });
  const held = createHeldCallbacks({ read: options.readHeldCallbacks });
  const threadPool = createThreadPool({ readTasks: options.requests.readTasks });
  const leftOver = createLeftOver(tasks.refresh);
  const readingSources: readonly ReadingSource[] = [
    tasks,
    requests,
    held,
    outside,
    heapGrowth,
    threadPool,
    leftOver,
  ];

  const evidence = (): Omit<Evidence, 'nowMs'> => ({
    kind: 'NODE',
    error: null,
    points: points.note(options.history()),
    heapLimitBytes: options.lastFigures()?.memory.heapLimitBytes ?? null,
    loop: loopEvidence(stalls.status()),
    pastStalls: stalls.past(),
    delays: delays?.evidence() ?? null,
    cpuTime: givenTime.evidence(),
    hotCode: hotCode.evidence(),
    threadPool: threadPool.evidence(),
    tasks: tasks.groups(),
    growingTasks: tasks.growing(),
    requests: requests.requests(),
    requestsBeyond: requests.beyond(),
    held: held.evidence(),
    routes: requests.routes(),
    hasServedItself: options.lastFigures()?.hasServedItself ?? false,
    outside: outside.evidence(),
    ...leftOver.evidence(),
    ...heapGrowth.evidence(),
    previousRun: options.previousRun() ?? null,
  });

  return {
    evidence,
    async refresh() {
      givenTime.note();
      await Promise.all(readingSources.map((source) => source.refresh?.()));
    },
    async suspect() {
      givenTime.note();
      const known = evidence();
      delays?.suspect(known.points);
      // Its profile lasts for seconds, which the others need not wait for.
      void hotCode.suspect(known);
      await Promise.all(readingSources.map((source) => source.suspect?.(known)));
    },
    readTasks: tasks.read,
    lastTasks: tasks.groups,
    taskTotals: tasks.totals,
    noteHeap: heapGrowth.note,
    stop: threadPool.stop,
  };
}
