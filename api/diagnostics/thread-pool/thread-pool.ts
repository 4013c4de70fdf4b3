/** What is known of libuv's pool of threads; who uses it is read only while it keeps jobs waiting. */
import type { PoolJobs, ThreadPoolEvidence } from '../../health/evidence/loop.ts';
import type { TaskReading, TasksReading } from '../../probe/readings/tasks.ts';
import { poolJobsOf, runningJobs } from './pool-jobs.ts';
import { lookUpNothing, type PoolProbe, startPoolProbe } from './pool-probe.ts';

export interface ThreadPool {
  evidence(): ThreadPoolEvidence | null;
  /** Reads who uses the pool, where it keeps jobs waiting. Neither rejects. */
  refresh(): Promise<void>;
  suspect(): Promise<void>;
  stop(): void;
}

export interface ThreadPoolOptions {
  readTasks: () => Promise<TasksReading>;
  /** @default one that measures */
  probe?: PoolProbe;
  /** Of lookups alone. @default one that measures */
  lookups?: PoolProbe;
}

/** As libuv has it. */
const DEFAULT_SIZE = 4;
const LARGEST_SIZE = 1_024;
const FRESH_FOR_MS = 5_000;
/** Between two looks; more of them may have been done in between and others begun. */
const LONGEST_DISTANCE_MS = 30_000;

export function createThreadPool({
  readTasks,
  probe = startPoolProbe(),
  lookups = startPoolProbe({ submit: lookUpNothing }),
}: ThreadPoolOptions): ThreadPool {
  const size = poolSize(process.env.UV_THREADPOOL_SIZE);
  let jobs: readonly PoolJobs[] | null = null;
  let isHeldByUnseen = false;
  let readAtMs = Number.NEGATIVE_INFINITY;
  /** Those that had a thread at the last look, and when that was. */
  let before: { atMs: number; ids: ReadonlySet<number> } | null = null;

  /** Of those that have a thread, if others do not have it, the ones that had it at the last look already, some seconds ago. */
  function holdingOf(running: readonly TaskReading[], atMs: number): ReadonlySet<TaskReading> {
    const isTelling = before !== null && atMs - before.atMs <= LONGEST_DISTANCE_MS;
    const holding = running.filter(({ id }) => isTelling && before!.ids.has(id));
    before = { atMs, ids: new Set(running.map(({ id }) => id)) };
    return new Set(holding);
  }

  async function readJobs(): Promise<void> {
    if (probe.slowSinceMs() === null && lookups.slowSinceMs() === null) {
      jobs = null;
      before = null;
      return;
    }
    if (Date.now() - readAtMs < FRESH_FOR_MS) return;
    readAtMs = Date.now();
    try {
      const reading = await readTasks();
      const running = runningJobs(reading, size);
      const threads = running.reduce((sum, { weight }) => sum + weight, 0);
      isHeldByUnseen = probe.slowSinceMs() !== null && threads < size;
      // Then nobody knows which of the others have one.
      jobs = poolJobsOf(reading, holdingOf(isHeldByUnseen ? [] : running, reading.takenAtMs));
    } catch {
      // The thread does not answer, or tasks are not tracked: then nobody is named.
    }
  }

  return {
    evidence() {
      const waitedMs = probe.waitedMs();
      if (waitedMs === null) return null;
      const lookupMs = lookups.waitedMs();
      return {
        size,
        waitedMs,
        sinceMs: probe.slowSinceMs(),
        lookups: lookupMs === null ? null : { waitedMs: lookupMs, sinceMs: lookups.slowSinceMs() },
        jobs,
        isHeldByUnseen,
      };
    },
    refresh: readJobs,
    suspect: readJobs,
    stop() {
      probe.stop();
      lookups.stop();
    },
  };
}

/** @internal */
export function poolSize(value: string | undefined): number {
  const size = Number.parseInt(value ?? '', 10);
  return Number.isNaN(size) ? DEFAULT_SIZE : Math.min(Math.max(1, size), LARGEST_SIZE);
}
