/** The jobs of libuv's pool of threads among the tasks, by the line that made them. */
import { stateOf } from '../../analyzers/tasks/states.ts';
import type { PoolJobs } from '../../health/evidence/loop.ts';
import { functionKey, hotFrameOf } from '../../health/hot-frame.ts';
import type { TasksReading } from '../../probe/readings/tasks.ts';

/** Node asks a name server itself for these, without a thread. */
const WITHOUT_THREAD: ReadonlySet<string> = new Set(['QUERYWRAP']);

interface Sum {
  jobs: PoolJobs;
  weight: number;
}

export function poolJobsOf({ tasks, stacks }: TasksReading): PoolJobs[] {
  const sums = new Map<string, Sum>();
  for (const { type, weight, stack, madeAt = stack } of tasks) {
    const what = stateOf(type);
    if (!isPooled(what) || WITHOUT_THREAD.has(type)) continue;
    const frames = stacks[madeAt] ?? [];
    const key = `${what}\n${functionKey(hotFrameOf(frames) ?? frames[0])}`;
    const sum = sums.get(key) ?? { jobs: { what, frames, count: 0, isEstimate: false }, weight: 0 };
    sum.weight += weight;
    sum.jobs.isEstimate ||= weight !== 1;
    sums.set(key, sum);
  }
  return [...sums.values()]
    .map(({ jobs, weight }) => ({ ...jobs, count: Math.round(weight) }))
    .sort((a, b) => b.count - a.count);
}

function isPooled(state: string): state is PoolJobs['what'] {
  return state === 'crypto' || state === 'dns' || state === 'fs';
}
