/** The goroutines of a dump as the groups that async tasks make, with what only Go knows. */

import { sum } from '../../analyzers/tasks/group-figures.ts';
import { groupsOf, totaled } from '../../analyzers/tasks/groups.ts';
import type { GroupedTasks, Task, TaskGroup } from '../../analyzers/tasks/types.ts';
import type { CategoryRule } from '../../base/category-rule.ts';
import { isGoRuntimeFile } from '../../base/files/go-runtime-files.ts';
import { MS_PER_MINUTE } from '../../base/numbers/units.ts';
import type { StackKind } from '../../probe/readings/tasks.ts';
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

/** What `groupTasks` groups: no copy of its figures, as a dump may have fifty thousand different ones. */
class GoTask implements Task {
  readonly goroutines: GoGoroutines;

  constructor(goroutines: GoGoroutines) {
    this.goroutines = goroutines;
  }

  get state(): string {
    return this.goroutines.state;
  }

  get waitMs(): number | null {
    const { isWaitKnown, waitMinutes } = this.goroutines;
    return isWaitKnown === false ? null : waitMinutes * MS_PER_MINUTE;
  }

  get weight(): number {
    return this.goroutines.count;
  }

  get frames(): readonly Frame[] {
    return this.goroutines.frames;
  }

  get stackNumber(): number | undefined {
    return this.goroutines.stackNumber;
  }

  get stackKind(): StackKind {
    return 'WAITS';
  }

  get request(): null {
    return null;
  }

  get isRefed(): null {
    return null;
  }
}

/** Groups by state and full stack; arguments, code offsets and goroutine numbers make no difference. */
export function goDumpGroups(dump: GoDump, options: GoDumpGroupOptions = {}): GoDumpGroups {
  const rules = [...(options.rules ?? []), ...GO_CATEGORY_RULES];
  const tasks = dump.goroutines.map((goroutines) => new GoTask(goroutines));
  const groups = groupsOf(
    tasks,
    {
      // No goroutine of a dump has a request with a time, so the clock is not asked.
      nowMs: 0,
      longWaitMs: options.longWaitMs,
      rules,
      isRuntimeFile: isGoRuntimeFile,
      areStacksNumbered: dump.goroutines.every(({ stackNumber }) => stackNumber !== undefined),
    },
    toGoGroup,
  );
  return totaled(groups);
}

function toGoGroup(tasks: TaskGroup, members: readonly GoTask[]): GoGroup {
  const group = withGoroutines(tasks, members);
  group.outlivedRequest = null;
  if (LEAKED.test(group.state)) {
    group.stuckCount = group.count;
    group.stuckReason = LEAKED_REASON;
  } else if (group.stuckCount === 0 && group.longWaitingCount > 0 && waitsForLock(group)) {
    group.stuckCount = group.longWaitingCount;
    group.stuckReason = LOCKED_OUT_REASON;
  }
  return group;
}

/** A lock is held for moments, whoever waits for it. */
function waitsForLock({ state, frames }: TaskGroup): boolean {
  if (!LOCK_STATE.test(state)) return false;
  const top = frames.slice(0, LOCK_FRAMES);
  return top.some(({ function: name }) => LOCK_CALL.test(name));
}

/** With what stands in a dump about each of its members. */
export function withGoroutines(
  group: TaskGroup,
  members: readonly { goroutines: GoGoroutines }[],
): GoGroup {
  const told =
    members.length === 1
      ? toldOfOne(members[0]!.goroutines)
      : toldOfSeveral(
          group,
          members.map(({ goroutines }) => goroutines),
        );
  // One by one: copied by `...` they take twice the memory, and a dump may have fifty thousand.
  return {
    count: group.count,
    sampled: group.count,
    state: group.state,
    oldestWaitMs: group.oldestWaitMs,
    medianWaitMs: group.medianWaitMs,
    newestWaitMs: group.newestWaitMs,
    topFrame: group.topFrame,
    culprit: group.culprit,
    frames: group.frames,
    stackKind: group.stackKind,
    category: group.category,
    categoryReason: group.categoryReason,
    routes: group.routes,
    oldestRequestMs: group.oldestRequestMs,
    outlivedRequest: group.outlivedRequest,
    refed: group.refed,
    stuckCount: group.stuckCount,
    stuckReason: group.stuckReason,
    longWaitingCount: group.longWaitingCount,
    waitReason: told.waitReason,
    waitMinutes: told.waitMinutes,
    lockedToThread: told.lockedToThread,
    goroutineIds: told.goroutineIds,
    labels: told.labels,
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
