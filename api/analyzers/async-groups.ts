/** Live async tasks grouped by state and full stack, most suspicious first. */
import type { Frame } from '../profile/profile.ts';
import { categorize } from './categories.ts';
import { compareText, estimate, oldestRequestMs, routes, sum, waits } from './group-figures.ts';
import { hasOutlivedRequest, isLongWaiting, NONE_STUCK, stuckTasks } from './stuck-tasks.ts';

export type Category = 'BACKGROUND' | 'PER_REQUEST' | 'UNKNOWN';

/** A task as the analyzer takes it, whether a Node probe or a Go dump gave it. */
export interface Task {
  /** What it waits for, in words: `await`, `timer`, `IO wait`, `chan receive`. */
  state: string;
  /** How long it has existed (Node) or waited (Go); null where unknown. */
  waitMs: number | null;
  /** How many tasks it stands for. */
  weight: number;
  frames: readonly Frame[];
  request: TaskRequest | null;
  isRefed: boolean | null;
}

export interface TaskRequest {
  route: string;
  startedAtMs: number;
  endedAtMs: number | null;
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
  frames: readonly Frame[];
  category: Category;
  /** What decided the category, in words. */
  categoryReason: string;
  /** Routes of the owning requests, most tasks first. */
  routes: { route: string; count: number }[];
  /** Age of the oldest owning request; null without one. */
  oldestRequestMs: number | null;
  /** Tasks alive although their request has ended. */
  outlivedRequest: number;
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

/** All patterns that are given must match; function and file on the same frame of the stack. */
export interface CategoryRule {
  category: Category;
  /** Tested against the function name of each frame. */
  function?: RegExp;
  /** Tested against the file of each frame. */
  file?: RegExp;
  /** Tested against the state, such as `timer`. */
  state?: RegExp;
  /** Shown as the reason. */
  because?: string;
}

export interface AsyncGroupOptions {
  nowMs: number;
  /** For tasks without a request, first match wins; a runtime's own rules come last. @default [] */
  rules?: readonly CategoryRule[];
  /** A wait from which a task is long-waiting. @default 60_000 */
  longWaitMs?: number;
  /** Frames that are not the program's, passed over for `topFrame`. @default none */
  isRuntimeFile?: (file: string) => boolean;
  /** Frames that are pprofql's, passed over for `topFrame`. @default none */
  isOwnFile?: (file: string) => boolean;
}

export interface GroupedTasks {
  total: number;
  /** Potentially stuck first, then longest wait, then most tasks, then by state and stack. */
  groups: TaskGroup[];
  summary: TaskSummary;
}

/**
 * Groups tasks by state and full stack (function, file and line of every frame); those of a request
 * and those of none stay apart. A task counts as often as its weight says.
 *
 * For example three tasks `await` in `load`, two of them for `GET /a`, make two groups: of 2,
 * PER_REQUEST, and of 1, by the rules.
 */
export function groupTasks(tasks: readonly Task[], options: AsyncGroupOptions): GroupedTasks {
  const groups = [...byStack(tasks).entries()]
    .map(([key, members]) => ({ key, group: describe(members, options) }))
    .sort((a, b) => compareGroups(a.group, b.group) || compareText(a.key, b.key))
    .map(({ group }) => group);
  return {
    total: sum(groups, (group) => group.count),
    groups,
    summary: summarize(groups),
  };
}

function byStack(tasks: readonly Task[]): Map<string, Task[]> {
  const keyOfFrames = new Map<readonly Frame[], string>();
  const groups = new Map<string, Task[]>();
  for (const task of tasks) {
    // Tasks of one stack usually share its array, so that its key is made once.
    let stackKey = keyOfFrames.get(task.frames);
    if (stackKey === undefined) {
      stackKey = task.frames
        .map((frame) => [frame.function, frame.file, frame.line].join('\t'))
        .join('\n');
      keyOfFrames.set(task.frames, stackKey);
    }
    const key = [task.state, task.request === null ? 'none' : 'request', stackKey].join('\n');
    const members = groups.get(key);
    if (members === undefined) groups.set(key, [task]);
    else members.push(task);
  }
  return groups;
}

function describe(members: readonly Task[], options: AsyncGroupOptions): TaskGroup {
  const first = members[0] as Task;
  const { category, reason } = categorize(first, options.rules ?? []);
  const count = estimate(members);
  const stuck = category === 'PER_REQUEST' ? stuckTasks(members, options) : NONE_STUCK;
  return {
    count,
    sampled: members.length,
    state: first.state,
    ...waits(members),
    topFrame: topFrame(first.frames, options),
    frames: first.frames,
    category,
    categoryReason: reason,
    routes: routes(members),
    oldestRequestMs: oldestRequestMs(members, options.nowMs),
    outlivedRequest: estimate(members.filter(hasOutlivedRequest)),
    refed: first.isRefed === null ? null : estimate(members.filter((task) => task.isRefed)),
    stuckCount: stuck.count,
    stuckReason: stuck.reason,
    longWaitingCount: estimate(members.filter(isLongWaiting(options))),
  };
}

function topFrame(
  frames: readonly Frame[],
  { isRuntimeFile = () => false, isOwnFile = () => false }: AsyncGroupOptions,
): Frame | null {
  const isProgram = ({ file }: Frame) => !isRuntimeFile(file) && !isOwnFile(file);
  return frames.find(isProgram) ?? frames[0] ?? null;
}

function summarize(groups: readonly TaskGroup[]): TaskSummary {
  const countOf = (category: Category) =>
    sum(
      groups.filter((group) => group.category === category),
      (group) => group.count,
    );
  return {
    background: countOf('BACKGROUND'),
    perRequest: countOf('PER_REQUEST'),
    unknown: countOf('UNKNOWN'),
    longWaiting: sum(groups, (group) => group.longWaitingCount),
    potentiallyStuck: sum(groups, (group) => group.stuckCount),
  };
}

function compareGroups(a: TaskGroup, b: TaskGroup): number {
  return (
    Number(b.stuckCount > 0) - Number(a.stuckCount > 0) ||
    (b.oldestWaitMs ?? -1) - (a.oldestWaitMs ?? -1) ||
    b.count - a.count
  );
}
