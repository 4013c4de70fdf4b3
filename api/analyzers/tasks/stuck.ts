/** Which tasks of a group are potentially stuck, and why, in a sentence for a person. */

import { durationText } from '../../base/text/duration.ts';
import { estimate, routes, waits } from './group-figures.ts';
import type { Task, TaskGroup, TaskGroupOptions } from './types.ts';

/** The one definition: shorter waits are routine, such as logging after the response or a keep-alive timer. */
export const LONG_WAIT_MS = 60_000;

export interface StuckTasks {
  /** Estimated tasks. */
  count: number;
  /** Null where none is stuck. */
  reason: string | null;
}

export const NONE_STUCK: StuckTasks = { count: 0, reason: null };

/**
 * The groups whose stuck tasks are worth an alarm, because one has waited for that long. What outlives
 * its request is suspicious at once, and wrong only after a while; background work may wait for as
 * long as it likes.
 */
export function stuckForLong<Group extends Pick<TaskGroup, 'stuckCount' | 'oldestWaitMs'>>(
  groups: readonly Group[],
): Group[] {
  return groups.filter(
    ({ stuckCount, oldestWaitMs }) => stuckCount > 0 && (oldestWaitMs ?? 0) >= LONG_WAIT_MS,
  );
}

/** Tasks that have waited too long or are alive after their request has ended. */
export function stuckTasks(members: readonly Task[], options: TaskGroupOptions): StuckTasks {
  const outlived = members.filter(hasOutlivedRequest);
  const isLong = isLongWaiting(options);
  const waiting = members.filter((task) => isLong(task) && !hasOutlivedRequest(task));
  const count = estimate([...outlived, ...waiting]);
  return count === 0 ? NONE_STUCK : { count, reason: stuckReason(outlived, waiting, options) };
}

/** For example `12 tasks of GET /users/:id have waited 61 s to 5 min, at least 60 s is suspicious`. */
function stuckReason(
  outlived: readonly Task[],
  waiting: readonly Task[],
  { nowMs, longWaitMs = LONG_WAIT_MS }: TaskGroupOptions,
): string {
  const parts: string[] = [];
  if (waiting.length > 0) {
    const { oldestWaitMs, newestWaitMs } = waits(waiting);
    parts.push(
      `${subject(waiting)} waited ${range(newestWaitMs ?? 0, oldestWaitMs ?? 0)}, over the limit of ${durationText(longWaitMs)}`,
    );
  }
  if (outlived.length > 0) {
    const sinceEnd = outlived.map(({ request }) => nowMs - (request?.endedAtMs ?? nowMs));
    const [least, most] = [Math.min(...sinceEnd), Math.max(...sinceEnd)];
    // A dump does not tell when the request ended.
    const time = Number.isNaN(least) ? '' : ` for ${range(least, most)}`;
    parts.push(`${subject(outlived)} stayed alive${time} after the request ended`);
  }
  return `${parts.join('; ')}.`;
}

/** For example `12 tasks of GET /users/:id and 2 other routes have`. */
function subject(members: readonly Task[]): string {
  const count = estimate(members);
  const [busiest, ...others] = routes(members);
  const noun = count === 1 ? 'task' : 'tasks';
  const verb = count === 1 ? 'has' : 'have';
  if (busiest === undefined) return `${count} ${noun} ${verb}`;
  const more =
    others.length === 0
      ? ''
      : ` and ${others.length} other ${others.length === 1 ? 'route' : 'routes'}`;
  return `${count} ${noun} of ${busiest.route}${more} ${verb}`;
}

function range(leastMs: number, mostMs: number): string {
  const [least, most] = [durationText(leastMs), durationText(mostMs)];
  return least === most ? least : `${least} to ${most}`;
}

export function hasOutlivedRequest({ request }: Task): boolean {
  return request !== null && request.endedAtMs !== null;
}

export function isLongWaiting({
  longWaitMs = LONG_WAIT_MS,
}: TaskGroupOptions): (task: Task) => boolean {
  return ({ waitMs }) => waitMs !== null && waitMs >= longWaitMs;
}
