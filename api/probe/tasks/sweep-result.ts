import type { InstrumentationReading } from '../readings/instrumentation.ts';
import type { TasksReading } from '../readings/tasks.ts';
import type { LiveTasks } from './reading.ts';

/** What a look at all records has found. */
export interface SweepResult {
  takenAtMs: number;
  found: LiveTasks;
  longestSliceMs: number;
}

export function tasksReading(
  { takenAtMs, found, longestSliceMs }: SweepResult,
  instrumentation: InstrumentationReading,
): TasksReading {
  const { tasks, stacks, requests, untracked } = found;
  return {
    takenAtMs,
    isExact: false,
    tasks,
    stacks,
    requests,
    untracked,
    longestSliceMs,
    instrumentation,
  };
}
