/** A task, and who waits on it. */
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
