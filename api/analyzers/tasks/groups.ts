/** Live async tasks grouped by state and full stack, most suspicious first. */
import type { Category } from '../../base/category-rule.ts';
import { type FrameOrigin, frameOrigin } from '../../base/files/frame-origin.ts';
import { HashIndex, hashOfPair, NONE } from '../../base/numbers/hash-index.ts';
import { NumberList } from '../../base/numbers/number-list.ts';
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
  return totaled(groupsOf(tasks, options, (group) => group));
}

/** Groups with the figures over all of them. */
export function totaled<Group extends TaskGroup>(
  groups: Group[],
): GroupedTasks & { groups: Group[] } {
  return { total: sum(groups, (group) => group.count), groups, summary: summarize(groups) };
}

/**
 * The groups of `groupTasks`, for those who know more about them.
 * @param tell gives what is said of a group, of at least one task of equal state and stack; the list is not kept
 */
export function groupsOf<Member extends Task, Group extends TaskGroup>(
  tasks: readonly Member[],
  options: TaskGroupOptions,
  tell: (group: TaskGroup, members: readonly Member[]) => Group,
): Group[] {
  const describe = createDescriber(options);
  const { firstOnes, others } = byStack(tasks, options);
  // One list for all groups of one.
  const only: Member[] = [];
  return firstOnes
    .map((first, at) => {
      only[0] = first;
      const more = others.get(at);
      const members = more === undefined ? only : [first, ...more];
      return tell(describe(members), members);
    })
    .sort(compareGroups);
}

/** Tasks by the number of their group. */
interface ByStack<Member> {
  firstOnes: Member[];
  /** Those after the first, where there are any: a dump may have fifty thousand groups of one. */
  others: Map<number, Member[]>;
}

/** No key is made of a whole stack: a dump may have fifty thousand, each with a hundred frames. */
function byStack<Member extends Task>(
  tasks: readonly Member[],
  { areStacksNumbered = false }: TaskGroupOptions,
): ByStack<Member> {
  const numberOf = createStackNumberer();
  const stateOf = createStateNumberer();
  const index = new HashIndex();
  const states = new NumberList();
  const stacks = new NumberList();
  const firstOnes: Member[] = [];
  const others = new Map<number, Member[]>();
  let largestStack = -1;
  for (const task of tasks) {
    const state = stateOf(task);
    const stack = areStacksNumbered ? task.stackNumber! : numberOf(task.frames);
    const hash = hashOfPair(state, stack);
    // Stacks are numbered as they come: none has been at a new one.
    let at = stack > largestStack ? NONE : index.first(hash);
    largestStack = Math.max(largestStack, stack);
    while (at !== NONE && (states.at(at) !== state || stacks.at(at) !== stack)) at = index.next();
    if (at === NONE) {
      index.add(hash);
      states.push(state);
      stacks.push(stack);
      firstOnes.push(task);
      continue;
    }
    const known = others.get(at);
    if (known === undefined) others.set(at, [task]);
    else known.push(task);
  }
  return { firstOnes, others };
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

/** Of groups that look the same in figures: by state, those that tell where they wait first, without a request first, then by stack. */
function compareGroups(a: TaskGroup, b: TaskGroup): number {
  return (
    Number(b.stuckCount > 0) - Number(a.stuckCount > 0) ||
    (b.oldestWaitMs ?? -1) - (a.oldestWaitMs ?? -1) ||
    b.count - a.count ||
    compareText(a.state, b.state) ||
    compareText(b.stackKind, a.stackKind) ||
    Number(a.routes.length > 0) - Number(b.routes.length > 0) ||
    compareTaskStacks(a.frames, b.frames)
  );
}
