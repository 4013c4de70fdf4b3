/** A task, and who waits on it. */
import { math } from '../../../base/numbers/math.ts';
import type { ChainTask } from '../promises/promise-kinds.ts';
import type { TakenStack } from '../stack-store.ts';

export interface AwaitedTask extends ChainTask {
  /** The request that it was made for; null for none. */
  request: object | null;
  /** Who waits on it; empty for nobody, or for several, or where nobody asked. */
  waits: TakenStack;
  /** The outcome of a function that stands at an `await`: who waits on it was not asked. */
  isStanding: boolean;
}

export const isAwaited = (task: AwaitedTask): boolean => task.waits.frames.length > 0;

/** A stack from one of its frames on. */
export function suffixKey({ frames }: TakenStack, at: number): string {
  return frames
    .slice(at)
    .map(({ function: name, file, line, column }) => `${name} ${file}:${line}:${column}`)
    .join('\n');
}

export function addTo<Key, T>(groups: Map<Key, T[]>, key: Key, task: T): void {
  const group = groups.get(key);
  if (group === undefined) groups.set(key, [task]);
  else group.push(task);
}

/**
 * Who awaits it, where it was made outside of the request that it holds up, such as by the one before it in a queue.
 * @param children one of those that derive from a promise or stand for an `await` of it, by its id
 */
export function ownerOf<T extends Pick<AwaitedTask, 'asyncId' | 'request'>>(
  task: T,
  children: ReadonlyMap<number, T>,
): T {
  let last: T | undefined = task;
  do last = children.get(last.asyncId);
  while (last !== undefined && last.request === null);
  return last ?? task;
}

/** Both are of requests, and not of the same one. */
export function isOfAnother(
  task: Pick<AwaitedTask, 'request'>,
  { request }: Pick<AwaitedTask, 'request'>,
): boolean {
  return task.request !== null && request !== null && task.request !== request;
}

/** What is sampled differs from the truth by less than so many standard deviations. */
const SIGNIFICANT_SIGMAS = 3;

/** Whether a difference is more than chance. */
export const isSignificant = (difference: number, variance: number): boolean =>
  difference > SIGNIFICANT_SIGMAS * math.sqrt(variance);

/** How far one record may be from what it stands for, squared. */
export const varianceOf = ({ weight }: Pick<AwaitedTask, 'weight'>): number =>
  weight * (weight - 1);
