/** pprofql's own dumps, in the form of Go's: the tasks that they were written from, as far as they tell. */

import { NODE_CATEGORY_RULES } from '../../analyzers/tasks/categories.ts';
import { groupsOf, totaled } from '../../analyzers/tasks/groups.ts';
import { isReleasedTask } from '../../analyzers/tasks/node-tasks.ts';
import { NO_SOURCE_FILE, REQUEST_ENDED_FILE } from '../../analyzers/tasks/raw-dump.ts';
import { isLastingState, isNodeState } from '../../analyzers/tasks/states.ts';
import type { Task, TaskRequest } from '../../analyzers/tasks/types.ts';
import { isRuntimeFile } from '../../base/files/own-files.ts';
import { MS_PER_MINUTE } from '../../base/numbers/units.ts';
import type { StackKind } from '../../probe/readings/tasks.ts';
import type { Frame } from '../../profile/profile.ts';
import type { GoGoroutines } from '../goroutines.ts';
import type { GoDump } from '../parse.ts';
import { type GoDumpGroupOptions, type GoDumpGroups, withGoroutines } from './groups.ts';

const GO_FILE = /\.(?:go|s)$/;
/** For example `created by GET_/users/:id`, whose first blank became a `_`. */
const CREATED_BY_REQUEST = /^created by (?<method>[A-Z]+)_(?<route>.*)$/s;
const REQUEST_TYPE = 'HTTP_REQUEST';

interface DumpedTask extends Task {
  goroutines: GoGoroutines;
}

/** True where a dump is of a Node process: no file is Go's, and all wait for what tasks wait for. */
export function isNodeDump({ goroutines }: GoDump): boolean {
  return (
    goroutines.length > 0 &&
    goroutines.every(
      ({ state, frames }) => isNodeState(state) && !frames.some(({ file }) => GO_FILE.test(file)),
    )
  );
}

/** Groups as those of the process were: with routes, categories and what is stuck. */
export function nodeDumpGroups(dump: GoDump, options: GoDumpGroupOptions = {}): GoDumpGroups {
  const groups = groupsOf(
    dump.goroutines.map(toTask),
    {
      // The dump tells neither when a request began nor when it ended, so the clock is not asked.
      nowMs: 0,
      longWaitMs: options.longWaitMs,
      rules: [...(options.rules ?? []), ...NODE_CATEGORY_RULES],
      isRuntimeFile,
    },
    (group, members) => ({ ...withGoroutines(group, members), oldestRequestMs: null }),
  );
  return totaled(groups);
}

function toTask(goroutines: GoGoroutines): DumpedTask {
  const { state, waitMinutes, count } = goroutines;
  const owner = ownerOf(goroutines.frames.at(-1));
  const frames = (owner === null ? goroutines.frames : goroutines.frames.slice(0, -1)).map(
    (frame) => asInProcess(frame, owner),
  );
  const isReleased =
    owner !== null && isReleasedTask({ isLasting: isLastingState(state), owner, frames });
  return {
    state,
    waitMs: waitMinutes * MS_PER_MINUTE,
    weight: count,
    frames,
    stackKind: stackKindOf(frames),
    request: isReleased ? null : owner,
    isRefed: null,
    goroutines,
  };
}

/**
 * The dump does not tell. What a task was created by is Node's or V8's own, such as `setTimeout` and
 * `new Promise`; what waits for it mostly is the program's.
 */
function stackKindOf(frames: readonly Frame[]): StackKind {
  const [top] = frames;
  return top === undefined || isRuntimeFile(top.file) ? 'CREATED' : 'WAITS';
}

function ownerOf(creator: Frame | undefined): TaskRequest | null {
  const { method, route } = CREATED_BY_REQUEST.exec(creator?.function ?? '')?.groups ?? {};
  if (method === undefined) return null;
  const endedAtMs = creator!.file === REQUEST_ENDED_FILE ? Number.NaN : null;
  return { route: `${method} ${route}`, startedAtMs: Number.NaN, endedAtMs };
}

/** As the process itself names it; a request without a stack by its route. */
function asInProcess(frame: Frame, owner: TaskRequest | null): Frame {
  const name =
    frame.function === REQUEST_TYPE && owner !== null
      ? owner.route
      : frame.function.replace(/^(new|async)_/, '$1 ');
  return frame.file === NO_SOURCE_FILE
    ? { function: name, file: '', line: 0 }
    : { ...frame, function: name };
}
