/** What a task is in a chain of waits, by how it was made. */
import type { StackFrame, StackKind } from '../../readings/tasks.ts';
import type { TakenStack } from '../stack-store.ts';

/** A live task. */
export interface ChainTask {
  asyncId: number;
  type: string;
  /** The promise it was derived from or awaits; 0 for none. */
  parentId: number;
  weight: number;
  stack: TakenStack;
}

/** The task that stands for a wait. */
export interface Representative<T> {
  task: T;
  stack: TakenStack;
  stackKind: StackKind;
  /** How many waits it stands for. */
  weight: number;
  /** Whose request it belongs to: a promise that was made elsewhere belongs to who awaits it. */
  owner: T;
  /** Of another request, which has to settle first; absent where it waits for none. */
  behind?: T;
}

/**
 * - `resource`: not a promise.
 * - `await`: an async function standing at an `await`; its parent is what it awaits.
 * - `derived`: made by `.then()` and alike from its parent.
 * - `root`: made by `new Promise` or alike: somebody has to settle it.
 * - `outcome`: what an async function or `Promise.all` promised; others have to finish first.
 */
export type Kind = 'resource' | 'await' | 'derived' | 'root' | 'outcome';

/** A list for each kind, empty. */
export const emptyKinds = <T>(): Record<Kind, T[]> => ({
  resource: [],
  await: [],
  derived: [],
  root: [],
  outcome: [],
});

const CONSTRUCTOR = 'new Promise';
const DERIVING = /^Promise\.(?:then|catch|finally)$/;
const COMBINING =
  /^(?:Promise|Function)\.(?:all|allSettled|any|race)$|^(?:Array|Function)\.fromAsync$/;
const GENERATING = /\.(?:next|return|throw)$/;

export function kindOf({ type, parentId, stack }: ChainTask): Kind {
  if (type !== 'PROMISE') return 'resource';
  const top = stack.frames[0];
  const name = top?.function ?? '';
  if (top !== undefined && isCombining(top)) return 'outcome';
  if (name === CONSTRUCTOR) return 'root';
  if (DERIVING.test(name)) return 'derived';
  const isBuiltIn = top === undefined || top.file === '';
  if (isBuiltIn) return GENERATING.test(name) ? 'outcome' : parentId === 0 ? 'root' : 'derived';
  return parentId === 0 ? 'outcome' : 'await';
}

/** Whether it is an outcome that others settle in turn: of a `Promise.all`, or of a step of a generator. */
export const isPassedOn = ({ stack }: ChainTask): boolean => stack.frames[0]?.file === '';

/** Whether it makes one promise out of many. */
export const isCombining = ({ function: name }: Pick<StackFrame, 'function'>): boolean =>
  COMBINING.test(name);

/** The function a promise was made in, below the built-in that made it. */
export function ownKey({ stack }: ChainTask): string | undefined {
  return stack.callKeys[stack.frames[0]?.file === '' ? 1 : 0];
}

/** A frame `new Promise` is named with its caller, which only what its executor started shares. */
export function executorKey({ stack }: ChainTask): string | undefined {
  return stack.frames[0]?.function === CONSTRUCTOR ? stack.callKeys[0] : undefined;
}
