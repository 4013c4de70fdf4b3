/** The goroutines of a dump as the groups that async tasks make, with what only Go knows. */

import { sum } from '../../analyzers/tasks/group-figures.ts';
import { type GroupWithMembers, groupsWithMembers, totaled } from '../../analyzers/tasks/groups.ts';
import type { GroupedTasks, Task, TaskGroup } from '../../analyzers/tasks/types.ts';
import type { CategoryRule } from '../../base/category-rule.ts';
import { isGoRuntimeFile } from '../../base/files/go-runtime-files.ts';
import { MS_PER_MINUTE } from '../../base/numbers/units.ts';
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
  goroutineIds: readonly number[];
  /** Some of the label sets among them, as Go prints them. */
  labels: readonly string[];
}

export interface GoDumpGroups extends GroupedTasks {
  groups: GoGroup[];
}

const KEPT_EXAMPLES = 10;
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
    areStacksNumbered: dump.goroutines.every(({ stackNumber }) => stackNumber !== undefined),
  }).map(toGoGroup);
  groups.sort((a, b) => Number(b.stuckCount > 0) - Number(a.stuckCount > 0));
  return totaled(groups);
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
    stackNumber: goroutines.stackNumber,
    goroutines,
  };
}

function toGoGroup(grouped: GroupWithMembers<GoTask>): GoGroup {
  const group = withGoroutines(grouped);
  group.outlivedRequest = null;
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
  members,
}: GroupWithMembers<Task & { goroutines: GoGoroutines }>): GoGroup {
  const { waitReason, waitMinutes, lockedToThread, goroutineIds, labels } =
    members.length === 1
      ? toldOfOne(members[0]!.goroutines)
      : toldOfSeveral(
          group,
          members.map(({ goroutines }) => goroutines),
        );
  return {
    ...group,
    sampled: group.count,
    waitReason,
    waitMinutes,
    lockedToThread,
    goroutineIds,
    labels,
  };
}

type ToldOfGoroutines = Pick<
  GoGroup,
  'waitReason' | 'waitMinutes' | 'lockedToThread' | 'goroutineIds' | 'labels'
>;

/** As most groups are. */
function toldOfOne(only: GoGoroutines): ToldOfGoroutines {
  const { waitReason, waitMinutes, isLockedToThread, count, goroutineIds, labels } = only;
  const lockedToThread = isLockedToThread ? count : 0;
  return { waitReason, waitMinutes, lockedToThread, goroutineIds, labels };
}

function toldOfSeveral(
  { oldestWaitMs }: TaskGroup,
  members: readonly GoGoroutines[],
): ToldOfGoroutines {
  const waitMinutes = Math.floor((oldestWaitMs ?? 0) / MS_PER_MINUTE);
  const longest = members.find((member) => member.waitMinutes === waitMinutes);
  const labels = new Set(members.flatMap((member) => member.labels));
  return {
    waitReason: longest?.waitReason ?? null,
    waitMinutes,
    lockedToThread: sum(members, ({ isLockedToThread, count }) => (isLockedToThread ? count : 0)),
    goroutineIds: members.flatMap(({ goroutineIds }) => goroutineIds).slice(0, KEPT_EXAMPLES),
    labels: [...labels].slice(0, KEPT_EXAMPLES),
  };
}
