/** The tasks of one moment. */
import type { TaskGroup, TaskSummary } from '../analyzers/tasks/types.ts';
import type { GoFacts } from '../go-dump/facts.ts';
import type { GoGroup } from '../go-dump/groups.ts';
import type { GoDumpStats } from '../go-dump/parse.ts';
import type { InstrumentationReading } from '../probe/readings/instrumentation.ts';
import type { Observation } from './observation.ts';

/** With what only Go prints, where the process is Go's. */
export type IdentifiedGroup = TaskGroup & {
  /** Of its state, category and stack. */
  id: string;
  stackId: string;
} & Partial<Omit<GoGroup, keyof TaskGroup>>;

export interface TasksRequest {
  /** With the text dump. */
  raw: boolean;
  /** By an enumeration of the heap, which stops the program. @default false */
  exact?: boolean;
}

export interface GoroutineSnapshot {
  timestampMs: number;
  observation: Observation;
  /** Of every promise that is pending; null where the target does not tell. */
  isExact: boolean | null;
  total: number;
  groups: IdentifiedGroup[];
  summary: TaskSummary;
  raw: { text: string; isTruncated: boolean } | null;
  /** How well the dump was understood that the tasks were read from; absent where there was none. */
  dump?: GoDumpStats;
  /** What the dump tells beyond its groups; absent or null where it was none of Go's. */
  go?: GoFacts | null;
  instrumentation: InstrumentationReading;
}
