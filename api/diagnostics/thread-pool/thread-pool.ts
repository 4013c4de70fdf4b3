/** What is known of libuv's pool of threads; who uses it is read only while it keeps jobs waiting. */
import type { PoolJobs, ThreadPoolEvidence } from '../../health/evidence/loop.ts';
import type { TasksReading } from '../../probe/readings/tasks.ts';
import { poolJobsOf } from './pool-jobs.ts';
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

export function createThreadPool({
  readTasks,
  probe = startPoolProbe(),
  lookups = startPoolProbe({ submit: lookUpNothing }),
}: ThreadPoolOptions): ThreadPool {
  const size = poolSize(process.env.UV_THREADPOOL_SIZE);
  let jobs: readonly PoolJobs[] | null = null;
  let readAtMs = Number.NEGATIVE_INFINITY;

  async function readJobs(): Promise<void> {
    if (probe.slowSinceMs() === null && lookups.slowSinceMs() === null) {
      jobs = null;
      return;
    }
    if (Date.now() - readAtMs < FRESH_FOR_MS) return;
    readAtMs = Date.now();
    try {
      jobs = poolJobsOf(await readTasks());
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
