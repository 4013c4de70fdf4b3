/** The goroutines of a dump as the groups that async tasks make, with what only Go knows. */

import { sum } from '../../analyzers/tasks/group-figures.ts';
import { type GroupWithMembers, groupsWithMembers, totaled } from '../../analyzers/tasks/groups.ts';
import type { GroupedTasks, Task, TaskGroup } from '../../analyzers/tasks/types.ts';
import type { CategoryRule } from '../../base/category-rule.ts';
import { isGoRuntimeFile } from '../../base/files/go-runtime-files.ts';
import { MS_PER_MINUTE } from '../../base/numbers/units.ts';
import type { Frame } from '../../profile/profile.ts';
import type { GoGoroutines } from '../goroutines.ts';
import type { GoDump } from '../parse.ts';
import { GO_CATEGORY_RULES } from './categories.ts';

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

const KEPT_EXAMPLES = 10;
/** What Unicode has for bytes that are no UTF-8. */
const REPLACEMENT = '\ufffd';
const LEAKED = /\(leaked\)/;
const LEAKED_REASON = "Go's garbage collector found that nothing can ever wake them.";

const LOCK_STATE = /^(?:semacquire|sync\.(?:RW)?Mutex\.)/;
const LOCK_CALL = /^(?:internal\/)?sync\.\(\*(?:RW)?Mutex\)\./;
const LOCK_FRAMES = 6;
const LOCKED_OUT_REASON =
  'They have waited for a lock for a minute or more, and a lock is held for moments.';

/** What `groupTasks` groups. */
interface GoTask extends Task {
  goroutines: GoGoroutines;
}

/** Groups by state and full stack; arguments, code offsets and goroutine numbers make no difference. */
export function goDumpGroups(dump: GoDump, options: GoDumpGroupOptions = {}): GoDumpGroups {
  const rules = [...(options.rules ?? []), ...GO_CATEGORY_RULES];
  const groups = groupsWithMembers(dump.goroutines.map(toTask), {
    // No goroutine of a dump has a request with a time, so the clock is not asked.
    nowMs: 0,
    longWaitMs: options.longWaitMs,
    rules,
    isRuntimeFile: isGoRuntimeFile,
    areStacksShared: dump.goroutines.every(({ frames }) => frames.every(isUtf8)),
  }).map(toGoGroup);
  groups.sort((a, b) => Number(b.stuckCount > 0) - Number(a.stuckCount > 0));
  return totaled(groups);
}

/** Bytes that are no UTF-8 all read the same, so that stacks with them may be two and read as one. */
function isUtf8({ function: name, file }: Frame): boolean {
  return !name.includes(REPLACEMENT) && !file.includes(REPLACEMENT);
}

function toTask(goroutines: GoGoroutines): GoTask {
  return {
    state: goroutines.state,
    waitMs: goroutines.isWaitKnown === false ? null : goroutines.waitMinutes * MS_PER_MINUTE,
    weight: goroutines.count,
    frames: goroutines.frames,
    stackKind: 'WAITS',
    request: null,
    isRefed: null,
    goroutines,
  };
}

function toGoGroup(grouped: GroupWithMembers<GoTask>): GoGroup {
  const group = { ...withGoroutines(grouped), outlivedRequest: null };
  if (LEAKED.test(group.state)) {
    return { ...group, stuckCount: group.count, stuckReason: LEAKED_REASON };
  }
  if (group.stuckCount > 0 || group.longWaitingCount === 0 || !waitsForLock(group)) return group;
  return { ...group, stuckCount: group.longWaitingCount, stuckReason: LOCKED_OUT_REASON };
}

/** A lock is held for moments, whoever waits for it. */
function waitsForLock({ state, frames }: TaskGroup): boolean {
  if (!LOCK_STATE.test(state)) return false;
  const top = frames.slice(0, LOCK_FRAMES);
  return top.some(({ function: name }) => LOCK_CALL.test(name));
}

/** With what stands in a dump about each of its members. */
export function withGoroutines({
  group,
  members: tasks,
}: GroupWithMembers<Task & { goroutines: GoGoroutines }>): GoGroup {
  const members = tasks.map((task) => task.goroutines);
  const waitMinutes = Math.floor((group.oldestWaitMs ?? 0) / MS_PER_MINUTE);
  const longest = members.find((member) => member.waitMinutes === waitMinutes);
  return {
    ...group,
    sampled: group.count,
    waitReason: longest?.waitReason ?? null,
    waitMinutes,
    lockedToThread: sum(members, ({ isLockedToThread, count }) => (isLockedToThread ? count : 0)),
    goroutineIds: joined(members, ({ goroutineIds }) => goroutineIds).slice(0, KEPT_EXAMPLES),
    labels: [...new Set(joined(members, ({ labels }) => labels))].slice(0, KEPT_EXAMPLES),
  };
}

/** Most groups are of one member. */
function joined<Example>(
  members: readonly GoGoroutines[],
  examplesOf: (member: GoGoroutines) => readonly Example[],
): readonly Example[] {
  return members.length === 1 ? examplesOf(members[0]!) : members.flatMap(examplesOf);
}
