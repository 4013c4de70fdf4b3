/** The goroutines of a dump as the groups that async tasks make, with what only Go knows. */
import {
  type CategoryRule,
  type GroupedTasks,
  groupTasks,
  type Task,
  type TaskGroup,
} from './async-groups.ts';
import { GO_CATEGORY_RULES } from './go-categories.ts';
import type { GoDump, GoGoroutines } from './go-dump.ts';

export interface GoDumpGroupOptions {
  /** Applied before `GO_CATEGORY_RULES`; the first match wins. @default [] */
  rules?: readonly CategoryRule[];
  /** A wait from which a goroutine is long-waiting. @default 60_000 */
  longWaitMs?: number;
}

export interface GoGroup extends TaskGroup {
  /** Of the longest wait, as Go prints it (`5 minutes`); null where it gives no time. */
  waitReason: string | null;
  /** Of the longest wait; 0 where Go gives no time. */
  waitMinutes: number;
  /** How many of them are locked to an operating system thread. */
  lockedToThread: number;
  /** Numbers of some of them. */
  goroutineIds: number[];
  /** Some of the label sets among them, as Go prints them. */
  labels: string[];
}

export interface GoDumpGroups extends GroupedTasks {
  groups: GoGroup[];
}

const MS_PER_MINUTE = 60_000;
const KEPT_EXAMPLES = 10;
const LEAKED = /\(leaked\)/;
const LEAKED_REASON = "Go's garbage collector found that nothing can ever wake them.";

/** Top folders of Go's standard library, as they stand in file names below `src/` or with -trimpath. */
const STANDARD_LIBRARY =
  /^(?:.*\/src\/)?(?:archive|arena|bufio|bytes|cmp|compress|container|context|crypto|database|debug|embed|encoding|errors|expvar|flag|fmt|go|hash|html|image|index|internal|io|iter|log|maps|math|mime|net|os|path|plugin|reflect|regexp|runtime|slices|sort|strconv|strings|structs|sync|syscall|testing|text|time|unicode|unique|unsafe|weak)\/(?:[\w.]+\/)*[\w.]+\.(?:go|s)$/;

/** True for a file of Go's runtime or standard library, for generated cgo code, and for no file. */
export function isGoRuntimeFile(file: string): boolean {
  return file === '' || file.startsWith('_cgo_') || STANDARD_LIBRARY.test(file);
}

/** Groups by state and full stack; arguments, code offsets and goroutine numbers make no difference. */
export function goDumpGroups(dump: GoDump, options: GoDumpGroupOptions = {}): GoDumpGroups {
  const rules = [...(options.rules ?? []), ...GO_CATEGORY_RULES];
  const grouped = groupTasks(dump.goroutines.map(toTask), {
    // No goroutine of a dump has a request with a time, so the clock is not asked.
    nowMs: 0,
    longWaitMs: options.longWaitMs,
    rules,
    isRuntimeFile: isGoRuntimeFile,
  });
  const members = membersByStack(dump.goroutines);
  const groups = grouped.groups.map((group) =>
    toGoGroup(group, members.get(group.frames)?.get(group.state) ?? []),
  );
  groups.sort((a, b) => Number(b.stuckCount > 0) - Number(a.stuckCount > 0));
  const potentiallyStuck = groups.reduce((total, group) => total + group.stuckCount, 0);
  return { total: grouped.total, groups, summary: { ...grouped.summary, potentiallyStuck } };
}

function toTask({ state, waitMinutes, count, frames }: GoGoroutines): Task {
  return {
    state,
    waitMs: waitMinutes * MS_PER_MINUTE,
    weight: count,
    frames,
    request: null,
    isRefed: null,
  };
}

type MembersByStack = Map<readonly unknown[], Map<string, GoGoroutines[]>>;

function membersByStack(goroutines: readonly GoGoroutines[]): MembersByStack {
  const byStack: MembersByStack = new Map();
  for (const member of goroutines) {
    const byState = byStack.get(member.frames) ?? new Map<string, GoGoroutines[]>();
    byStack.set(member.frames, byState);
    const members = byState.get(member.state);
    if (members === undefined) byState.set(member.state, [member]);
    else members.push(member);
  }
  return byStack;
}

function toGoGroup(group: TaskGroup, members: readonly GoGoroutines[]): GoGroup {
  const waitMinutes = Math.floor((group.oldestWaitMs ?? 0) / MS_PER_MINUTE);
  const longest = members.find((member) => member.waitMinutes === waitMinutes);
  const isLeaked = LEAKED.test(group.state);
  return {
    ...group,
    sampled: group.count,
    stuckCount: isLeaked ? group.count : group.stuckCount,
    stuckReason: isLeaked ? LEAKED_REASON : group.stuckReason,
    waitReason: longest?.waitReason ?? null,
    waitMinutes,
    lockedToThread: members.reduce(
      (sum, member) => sum + (member.isLockedToThread ? member.count : 0),
      0,
    ),
    goroutineIds: members.flatMap((member) => member.goroutineIds).slice(0, KEPT_EXAMPLES),
    labels: [...new Set(members.flatMap((member) => member.labels))].slice(0, KEPT_EXAMPLES),
  };
}
