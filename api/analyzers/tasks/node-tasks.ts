/** A probe's reading of a Node process as tasks for the group analyzer. */
import type { TaskReading, TasksReading } from '../../probe/readings/tasks.ts';
import type { Frame } from '../../profile/profile.ts';
import { isLasting, stateOf, UNTRACKED_STATE } from './states.ts';
import type { Task, TaskRequest } from './types.ts';

/** Node's timers for itself: a connection's idle timeout, the second for which a Date header is kept. */
const NODES_OWN_TIMER = /^setUnrefTimeout$|setStreamTimeout/;

/**
 * Every task of the reading, and one task for each type of active resource that no record stands for.
 *
 * A connection, worker or server that is open after its request has ended counts as nobody's: a pool
 * keeps them on purpose, and nothing tells a pool from a leak but their growing number. Timers that
 * Node sets for itself while it serves a request are no part of that request.
 */
export function tasksFromReading(reading: TasksReading): Task[] {
  const stacks: Frame[][] = reading.stacks.map((stack) =>
    stack.map(({ function: name, file, line, path }) => ({ function: name, file, line, path })),
  );
  const requests = new Map<number, TaskRequest>(
    reading.requests.map(({ id, method, route, startedAtMs, endedAtMs }) => [
      id,
      { route: `${method} ${route}`, startedAtMs, endedAtMs },
    ]),
  );
  const stackless = new Map<string, Frame[]>();

  /** Where there is no stack, one frame names what there is: the route, or the type of handle. */
  function namedFrames(name: string): Frame[] {
    const frames = stackless.get(name) ?? [{ function: name, file: '', line: 0 }];
    stackless.set(name, frames);
    return frames;
  }

  function toTask(task: TaskReading): Task {
    const owner = task.request === null ? null : (requests.get(task.request) ?? null);
    const isRequest = task.type === 'HTTP_REQUEST';
    const frames =
      stacks[task.stack] ?? namedFrames(isRequest && owner !== null ? owner.route : task.type);
    return {
      state: stateOf(task.type),
      waitMs: task.createdAtMs === null ? null : Math.max(0, reading.takenAtMs - task.createdAtMs),
      weight: task.weight,
      frames,
      stackKind: task.stackKind,
      request:
        owner !== null && isReleasedTask({ isLasting: isLasting(task.type), owner, frames })
          ? null
          : owner,
      ...(task.span && { span: task.span }),
      isRefed: task.isRefed,
    };
  }

  const untracked = Object.entries(reading.untracked).map(
    ([type, count]): Task => ({
      state: UNTRACKED_STATE,
      waitMs: null,
      weight: count,
      frames: namedFrames(type),
      stackKind: 'CREATED',
      request: null,
      // Node lists a handle as active only while it keeps the process alive.
      isRefed: true,
    }),
  );
  return [...reading.tasks.map(toTask), ...untracked];
}

/** Whether a task that began in a request is no part of it (any more). */
export function isReleasedTask({
  isLasting,
  owner,
  frames,
}: {
  isLasting: boolean;
  owner: TaskRequest;
  frames: readonly Frame[];
}): boolean {
  if (frames.some((frame) => NODES_OWN_TIMER.test(frame.function))) return true;
  return owner.endedAtMs !== null && isLasting;
}
