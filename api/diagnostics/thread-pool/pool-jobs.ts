/** The jobs of libuv's pool of threads among the tasks, by the line that made them. */
import { stateOf } from '../../analyzers/tasks/states.ts';
import type { PoolJobs } from '../../health/evidence/loop.ts';
import { functionKey, hotFrameOf } from '../../health/hot-frame.ts';
import type { TaskReading, TasksReading } from '../../probe/readings/tasks.ts';

/** Node asks a name server itself for these, without a thread. */
const WITHOUT_THREAD: ReadonlySet<string> = new Set(['QUERYWRAP']);

interface Sum {
  jobs: PoolJobs;
  weight: number;
}

/** @param holding those that are known to have a thread for long */
export function poolJobsOf(
  { tasks, stacks, takenAtMs }: TasksReading,
  holding: ReadonlySet<TaskReading> = new Set(),
): PoolJobs[] {
  const sums = new Map<string, Sum>();
  for (const task of tasks) {
    const { type, weight, stack, madeAt = stack } = task;
    const what = stateOf(type);
    if (!isJob(task) || !isPooled(what)) continue;
    const frames = stacks[madeAt] ?? [];
    const key = `${what}\n${functionKey(hotFrameOf(frames) ?? frames[0])}`;
    const none = { what, frames, count: 0, isEstimate: false, held: 0, heldMs: 0 };
    const sum = sums.get(key) ?? { jobs: none, weight: 0 };
    sum.weight += weight;
    sum.jobs.isEstimate ||= weight !== 1;
    if (holding.has(task)) {
      sum.jobs.held += 1;
      sum.jobs.heldMs = Math.max(sum.jobs.heldMs, takenAtMs - (task.createdAtMs ?? takenAtMs));
    }
    sums.set(key, sum);
  }
  return [...sums.values()]
    .map(({ jobs, weight }) => ({ ...jobs, count: Math.round(weight) }))
    .sort((a, b) => b.count - a.count);
}

/**
 * The jobs that have a thread now: libuv begins them in their order, but lets lookups have half of the threads at most.
 * @param size how many threads there are
 */
export function runningJobs({ tasks }: Pick<TasksReading, 'tasks'>, size: number): TaskReading[] {
  const running: TaskReading[] = [];
  let [threads, forLookups] = [size, Math.ceil(size / 2)];
  const inOrder = tasks.filter(isJob).sort((a, b) => a.id - b.id);
  for (const job of inOrder) {
    if (threads <= 0) break;
    const isLookup = stateOf(job.type) === 'dns';
    if (isLookup && forLookups <= 0) continue;
    running.push(job);
    threads -= job.weight;
    if (isLookup) forLookups -= job.weight;
  }
  return running;
}

function isJob({ type }: TaskReading): boolean {
  return isPooled(stateOf(type)) && !WITHOUT_THREAD.has(type);
}

function isPooled(state: string): state is PoolJobs['what'] {
  return state === 'crypto' || state === 'dns' || state === 'fs' || state === 'zlib';
}
