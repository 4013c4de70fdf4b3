/** Live async tasks grouped by state and full stack, most suspicious first. */
import type { Category } from '../../base/category-rule.ts';
import { type FrameOrigin, frameOrigin } from '../../base/files/frame-origin.ts';
import { HashIndex, hashOfPair, NONE } from '../../base/numbers/hash-index.ts';
import type { Frame } from '../../profile/profile.ts';
import { compareText } from '../frame-order.ts';
import { createCategorizer } from './categories.ts';
import { estimate, oldestRequestMs, routes, spans, sum, waits } from './group-figures.ts';
import { compareTaskStacks, createStackNumberer } from './stacks.ts';
import { hasOutlivedRequest, isLongWaiting, NONE_STUCK, stuckTasks } from './stuck.ts';
import type { GroupedTasks, Task, TaskGroup, TaskGroupOptions, TaskSummary } from './types.ts';

/**
 * Groups tasks by state and full stack (function, file and line of every frame, and whether it tells
 * where they wait or where they were created); those of a request and those of none stay apart. A task counts as often as its weight says.
 *
 * For example three tasks `await` in `load`, two of them for `GET /a`, make two groups: of 2,
 * PER_REQUEST, and of 1, by the rules.
 */
export function groupTasks(tasks: readonly Task[], options: TaskGroupOptions): GroupedTasks {
  return totaled(groupsWithMembers(tasks, options).map(({ group }) => group));
}

/** Groups with the figures over all of them. */
export function totaled<Group extends TaskGroup>(
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
  options: TaskGroupOptions,
): GroupWithMembers<Member>[] {
  const describe = createDescriber(options);
  return byStack(tasks, options)
    .map((members) => ({ group: describe(members), members }))
    .sort((a, b) => compareGroups(a.group, b.group) || compareMembers(a.members, b.members));
}

/** No key is made of a whole stack: a dump may have fifty thousand, each with a hundred frames. */
function byStack<Member extends Task>(
  tasks: readonly Member[],
  { areStacksNumbered = false }: TaskGroupOptions,
): Member[][] {
  const numberOf = createStackNumberer();
  const stateOf = createStateNumberer();
  const index = new HashIndex();
  const states: number[] = [];
  const stacks: number[] = [];
  const groups: Member[][] = [];
  for (const task of tasks) {
    const state = stateOf(task);
    const stack = areStacksNumbered ? task.stackNumber! : numberOf(task.frames);
    const hash = hashOfPair(state, stack);
    let at = index.first(hash);
    while (at !== NONE && (states[at] !== state || stacks[at] !== stack)) at = index.next();
    if (at !== NONE) {
      groups[at]!.push(task);
      continue;
    }
    index.add(hash);
    states.push(state);
    stacks.push(stack);
    groups.push([task]);
  }
  return groups;
}

/** A number for what tasks of one group have in common beside their stack; many in a row do. */
function createStateNumberer(): (task: Task) => number {
  const numbers = new Map<string, number>();
  let last: { state: string; stackKind: string; hasRequest: boolean; number: number } | null = null;
  return ({ state, stackKind, request }) => {
    const hasRequest = request !== null;
    const isSame =
      last?.state === state && last.stackKind === stackKind && last.hasRequest === hasRequest;
    if (isSame) return last!.number;
    const key = `${hasRequest} ${stackKind} ${state}`;
    const number = numbers.get(key) ?? numbers.size;
    numbers.set(key, number);
    last = { state, stackKind, hasRequest, number };
    return number;
  };
}

/** One list for the many groups of no request. */
const NO_ROUTES: TaskGroup['routes'] = [];

function createDescriber(options: TaskGroupOptions): (members: readonly Task[]) => TaskGroup {
  const categorize = createCategorizer(options.rules ?? []);
  const topFrame = createTopFrameFinder(options);
  const culprit = createCulpritFinder();
  const isLong = isLongWaiting(options);
  return (members) => {
    const first = members[0]!;
    const { category, reason } = categorize(first);
    const stuck = category === 'PER_REQUEST' ? stuckTasks(members, options) : NONE_STUCK;
    const { oldestWaitMs, medianWaitMs, newestWaitMs } = waits(members);
    const hasRequests = first.request !== null;
    const group: TaskGroup = {
      count: estimate(members),
      sampled: members.length,
      state: first.state,
      oldestWaitMs,
      medianWaitMs,
      newestWaitMs,
      topFrame: topFrame(first.frames),
      culprit: culprit(first.frames),
      frames: first.frames,
      stackKind: first.stackKind,
      category,
      categoryReason: reason,
      routes: hasRequests ? routes(members) : NO_ROUTES,
      oldestRequestMs: hasRequests ? oldestRequestMs(members, options.nowMs) : null,
      outlivedRequest: hasRequests ? estimate(members, hasOutlivedRequest) : 0,
      refed: first.isRefed === null ? null : estimate(members, (task) => task.isRefed === true),
      stuckCount: stuck.count,
      stuckReason: stuck.reason,
      longWaitingCount: estimate(members, isLong),
    };
    const found = spans(members);
    if (found !== null) group.spans = found;
    return group;
  };
}

/** Asks once a file, not once a stack. */
function createTopFrameFinder({
  isRuntimeFile = () => false,
  isOwnFile = () => false,
}: TaskGroupOptions): (frames: readonly Frame[]) => Frame | null {
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

function createCulpritFinder(): (frames: readonly Frame[]) => Frame | null {
  const known = new Map<string, FrameOrigin>();
  const originOf = ({ file }: Frame): FrameOrigin => {
    let origin = known.get(file);
    if (origin === undefined) {
      origin = frameOrigin(file);
      known.set(file, origin);
    }
    return origin;
  };
  return (frames) => frames.find((frame) => originOf(frame) === 'OWN') ?? null;
}

function summarize(groups: readonly TaskGroup[]): TaskSummary {
  const counts: Record<Category, number> = { BACKGROUND: 0, PER_REQUEST: 0, UNKNOWN: 0 };
  for (const { category, count } of groups) counts[category] += count;
  return {
    background: counts.BACKGROUND,
    perRequest: counts.PER_REQUEST,
    unknown: counts.UNKNOWN,
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

/** Of groups that look the same in figures: by state, those that tell where they wait first, without a request first, then by stack. */
function compareMembers([a]: readonly Task[], [b]: readonly Task[]): number {
  return (
    compareText(a!.state, b!.state) ||
    compareText(b!.stackKind, a!.stackKind) ||
    Number(a!.request !== null) - Number(b!.request !== null) ||
    compareTaskStacks(a!.frames, b!.frames)
  );
}
