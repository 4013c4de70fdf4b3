/** A task as the analyzers take it, and the groups that they answer. */
import type { Category, CategoryRule } from '../../base/category-rule.ts';
import type { SpanIds } from '../../probe/readings/span.ts';
import type { StackKind } from '../../probe/readings/tasks.ts';
import type { Frame } from '../../profile/profile.ts';

/** A task as the analyzer takes it, whether a Node probe or a Go dump gave it. */
export interface Task {
  /** What it waits for, in words: `await`, `timer`, `IO wait`, `chan receive`. */
  state: string;
  /** How long it has existed (Node) or waited (Go); null where unknown. */
  waitMs: number | null;
  /** How many tasks it stands for. */
  weight: number;
  frames: readonly Frame[];
  /** The same for equal stacks; absent where nobody has numbered them. */
  stackNumber?: number;
  /** What `frames` tell: where it waits, or where it was created. */
  stackKind: StackKind;
  request: TaskRequest | null;
  /** The span of OpenTelemetry that it was made in; absent where none is known. */
  span?: SpanIds;
  isRefed: boolean | null;
}

export interface TaskRequest {
  route: string;
  startedAtMs: number;
  endedAtMs: number | null;
}

export interface SpanCount extends SpanIds {
  /** Estimated tasks. */
  count: number;
}

export interface TaskGroup {
  /** Estimated tasks: the sum of the weights, rounded. */
  count: number;
  /** Records behind `count`; equal to it when nothing was sampled out. */
  sampled: number;
  state: string;
  oldestWaitMs: number | null;
  medianWaitMs: number | null;
  newestWaitMs: number | null;
  /** First frame that is neither the runtime's nor ours; the top frame where there is none. */
  topFrame: Frame | null;
  /** First frame of the program's own code, packages left out; null for none. */
  culprit: Frame | null;
  frames: readonly Frame[];
  stackKind: StackKind;
  category: Category;
  /** What decided the category, in words. */
  categoryReason: string;
  /** Routes of the owning requests, most tasks first. */
  routes: { route: string; count: number }[];
  /** Spans that its tasks were made in, most tasks first, a hundred at most; absent where none is known. */
  spans?: SpanCount[];
  /** Age of the oldest owning request; null without one. */
  oldestRequestMs: number | null;
  /** Tasks alive although their request has ended; null where nothing tells of requests. */
  outlivedRequest: number | null;
  /** Tasks that keep the process alive; null where it has no meaning. */
  refed: number | null;
  /** Tasks of this group that are potentially stuck, and why in one sentence; 0 and null for none. */
  stuckCount: number;
  stuckReason: string | null;
  /** Waiting for at least a minute. */
  longWaitingCount: number;
}

export interface TaskSummary {
  background: number;
  perRequest: number;
  unknown: number;
  longWaiting: number;
  potentiallyStuck: number;
}

export interface TaskGroupOptions {
  nowMs: number;
  /** For tasks without a request, first match wins; a runtime's own rules come last. @default [] */
  rules?: readonly CategoryRule[];
  /** A wait from which a task is long-waiting. @default 60_000 */
  longWaitMs?: number;
  /** Frames that are not the program's, passed over for `topFrame`. @default none */
  isRuntimeFile?: (file: string) => boolean;
  /** Frames that are pprofql's, passed over for `topFrame`. @default none */
  isOwnFile?: (file: string) => boolean;
  /** Each task has the number of its stack, so that no frame has to be compared. @default false */
  areStacksNumbered?: boolean;
}

export interface GroupedTasks {
  total: number;
  /** Potentially stuck first, then longest wait, then most tasks, then by state and stack. */
  groups: TaskGroup[];
  summary: TaskSummary;
}
