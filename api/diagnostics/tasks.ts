/** The tasks of one moment. */
import { NODE_CATEGORY_RULES } from '../analyzers/tasks/categories.ts';
import { groupTasks } from '../analyzers/tasks/groups.ts';
import { tasksFromReading } from '../analyzers/tasks/node-tasks.ts';
import { rawDump } from '../analyzers/tasks/raw-dump.ts';
import type { TaskGroup, TaskSummary } from '../analyzers/tasks/types.ts';
import type { CategoryRule } from '../base/category-rule.ts';
import { isOwnFile, isRuntimeFile } from '../base/files/own-files.ts';
import type { GoFacts } from '../go-dump/facts.ts';
import type { GoGroup } from '../go-dump/groups/groups.ts';
import type { GoDumpStats } from '../go-dump/parse.ts';
import type { InstrumentationReading } from '../probe/readings/instrumentation.ts';
import type { TasksReading } from '../probe/readings/tasks.ts';
import type { Observation } from './answers/observation.ts';
import { groupIds } from './stack-id.ts';

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

export interface ShownTasksOptions {
  /** With the text dump. */
  raw: boolean;
  /** Before the rules of Node. */
  categoryRules: readonly CategoryRule[];
  observation: Observation;
}

/** What a thread of Node was found to wait for, in groups. */
export function goroutinesOf(
  reading: TasksReading,
  { raw, categoryRules, observation }: ShownTasksOptions,
): GoroutineSnapshot {
  const { total, groups, summary } = groupTasks(tasksFromReading(reading), {
    nowMs: reading.takenAtMs,
    rules: [...categoryRules, ...NODE_CATEGORY_RULES],
    isOwnFile,
    isRuntimeFile,
  });
  return {
    timestampMs: reading.takenAtMs,
    observation,
    isExact: reading.isExact,
    total,
    groups: groups.map((group) => ({ ...group, ...groupIds(group) })),
    summary,
    raw: raw ? rawDump(reading) : null,
    instrumentation: reading.instrumentation,
  };
}
