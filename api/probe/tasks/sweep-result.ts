import type { LiveTasks } from './reading.ts';

/** What a look at all records has found. */
export interface SweepResult {
  takenAtMs: number;
  found: LiveTasks;
  longestSliceMs: number;
}
