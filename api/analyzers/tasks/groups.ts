/** Live async tasks grouped by state and full stack, most suspicious first. */
import type { Category, CategoryRule } from '../../base/category-rule.ts';
import type { Frame } from '../../profile/profile.ts';
import { createCategorizer } from './categories.ts';
import { compareText, estimate, oldestRequestMs, routes, sum, waits } from './group-figures.ts';
import { compareTaskStacks, createStackNumberer } from './stacks.ts';
import { hasOutlivedRequest, isLongWaiting, NONE_STUCK, stuckTasks } from './stuck.ts';

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
  /** Equal stacks are one array, so that no frame has to be compared. @default false */
  areStacksShared?: boolean;
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
  return totalled(groupsWithMembers(tasks, options).map(({ group }) => group));
}

/** Groups with the figures over all of them. */
export function totalled<Group extends TaskGroup>(
  groups: Group[],
): GroupedTasks & { groups: Group[] } {
  return { total: sum(groups, (group) => group.count), groups, summary: summarize(groups) };
}

export interface GroupWithMembers<Member extends Task> {
  group: TaskGroup;
  /** At least one; all of equal state and stack. */
  members: readonly Member[];
}

/** The groups of `groupTasks` in its order, each with its tasks, for those who know more about them. */
export function groupsWithMembers<Member extends Task>(
  tasks: readonly Member[],
  options: AsyncGroupOptions,
): GroupWithMembers<Member>[] {
  const describe = createDescriber(options);
  return byStack(tasks, options)
    .map((members) => ({ group: describe(members), members }))
    .sort((a, b) => compareGroups(a.group, b.group) || compareMembers(a.members, b.members));
}

/** No key is made of a whole stack: a dump may have fifty thousand, each with a hundred frames. */
function byStack<Member extends Task>(
  tasks: readonly Member[],
  { areStacksShared = false }: AsyncGroupOptions,
): Member[][] {
  const identify = areStacksShared ? (frames: readonly Frame[]) => frames : createStackNumberer();
  const ofRequests = new Map<string, Map<unknown, Member[]>>();
  const ofNone = new Map<string, Map<unknown, Member[]>>();
  const groups: Member[][] = [];
  for (const task of tasks) {
    const byState = task.request === null ? ofNone : ofRequests;
    let sameState = byState.get(task.state);
    if (sameState === undefined) {
      sameState = new Map();
      byState.set(task.state, sameState);
    }
    const stack = identify(task.frames);
    const members = sameState.get(stack);
    if (members !== undefined) {
      members.push(task);
      continue;
    }
    const started = [task];
    sameState.set(stack, started);
    groups.push(started);
  }
  return groups;
}

function createDescriber(options: AsyncGroupOptions): (members: readonly Task[]) => TaskGroup {
  const categorize = createCategorizer(options.rules ?? []);
  const topFrame = createTopFrameFinder(options);
  const isLong = isLongWaiting(options);
  return (members) => {
    const first = members[0]!;
    const { category, reason } = categorize(first);
    const stuck = category === 'PER_REQUEST' ? stuckTasks(members, options) : NONE_STUCK;
    const { oldestWaitMs, medianWaitMs, newestWaitMs } = waits(members);
    const hasRequests = first.request !== null;
    return {
      count: estimate(members),
      sampled: members.length,
      state: first.state,
      oldestWaitMs,
      medianWaitMs,
      newestWaitMs,
      topFrame: topFrame(first.frames),
      frames: first.frames,
      category,
      categoryReason: reason,
      routes: hasRequests ? routes(members) : [],
      oldestRequestMs: hasRequests ? oldestRequestMs(members, options.nowMs) : null,
      outlivedRequest: hasRequests ? estimate(members, hasOutlivedRequest) : 0,
      refed: first.isRefed === null ? null : estimate(members, (task) => task.isRefed === true),
      stuckCount: stuck.count,
      stuckReason: stuck.reason,
      longWaitingCount: estimate(members, isLong),
    };
  };
}

/** Asks once a file, not once a stack. */
function createTopFrameFinder({
  isRuntimeFile = () => false,
  isOwnFile = () => false,
}: AsyncGroupOptions): (frames: readonly Frame[]) => Frame | null {
  const known = new Map<string, boolean>();
  const isProgram = ({ file }: Frame): boolean => {
    let answer = known.get(file);
    if (answer === undefined) {
      answer = !isRuntimeFile(file) && !isOwnFile(file);
      known.set(file, answer);
    }
    return answer;
  };
  return (frames) => frames.find(isProgram) ?? frames[0] ?? null;
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

/** Of groups that look the same in figures: by state, without a request first, then by stack. */
function compareMembers([a]: readonly Task[], [b]: readonly Task[]): number {
  return (
    compareText(a!.state, b!.state) ||
    Number(a!.request !== null) - Number(b!.request !== null) ||
    compareTaskStacks(a!.frames, b!.frames)
  );
}
