/**
 * Where V8 does not tell who waits: one task for each thing that waits, out of the many promises one wait is made of.
 *
 * `await pool.acquire()` inside an async handler leaves four pending promises: the handler's own, the
 * one `acquire` made, the engine's for the `await`, and whatever the framework chained on. A person
 * looking for what hangs wants one line, with the deepest stack. So of a chain of callers, each
 * awaiting the next, only the innermost stays, whose stack names the others:
 *
 *   handler awaits load awaits new Promise   →  one task: new Promise ← load ← handler
 *   handler awaits sleep awaits a timer      →  one task: the timer, created in sleep ← handler
 *   handler awaits Promise.all([a(), b()])   →  two tasks: a ← handler, b ← handler
 */

import type { TimeSlices } from '../pace/time-slices.ts';
import {
  type ChainTask,
  emptyKinds,
  executorKey,
  type Kind,
  kindOf,
  ownKey,
  type Representative,
} from '../promises/promise-kinds.ts';
import type { TakenStack } from '../stack-store.ts';

/** How many of the tasks that stay pass through a function, and how much of that is used up. */
class Coverage {
  readonly #through = new Map<string, number>();
  readonly #used = new Map<string, number>();

  add(task: ChainTask, stack: TakenStack): void {
    for (const key of new Set(stack.callKeys)) {
      this.#through.set(key, (this.#through.get(key) ?? 0) + task.weight);
    }
  }

  /** Whether a task that stays explains this one. Each explains one task of a kind at most. */
  take(kind: Kind, key: string | undefined, weight: number): boolean {
    if (key === undefined) return false;
    const slot = `${kind} ${key}`;
    const used = this.#used.get(slot) ?? 0;
    if ((this.#through.get(key) ?? 0) < used + weight) return false;
    this.#used.set(slot, used + weight);
    return true;
  }
}

/** The tasks that stand for all of `tasks`, which belong to one request or to none. */
export async function representatives<T extends ChainTask>(
  tasks: readonly T[],
  slices: TimeSlices,
): Promise<Representative<T>[]> {
  const kept: Representative<T>[] = [];
  const coverage = new Coverage();
  const byId = new Map<number, T>();
  const kinds = new Map<T, Kind>();
  const ofKind = emptyKinds<T>();
  const awaited = new Set<T>();
  /** `new Promise` whose executor started a timer or request: that one is what has to finish. */
  const explained = new Set<T>();
  const callers: T[] = [];

  function keep(task: T, stack: TakenStack = task.stack): void {
    kept.push({ task, stack, stackKind: 'CREATED', weight: task.weight, owner: task });
    coverage.add(task, stack);
  }

  /** What a chain of `.then()` starts from, as far as it is known and pending. */
  function origin(task: T): T | undefined {
    let parent = byId.get(task.parentId);
    while (parent !== undefined && kinds.get(parent) === 'derived') {
      const next = byId.get(parent.parentId);
      if (next === undefined) return parent;
      parent = next;
    }
    return parent;
  }

  function decideAwait(task: T): void {
    const parent = origin(task);
    if (parent === undefined) {
      keep(task);
      return;
    }
    awaited.add(parent);
    const isCaller = kinds.get(parent) === 'outcome' || explained.has(parent);
    if (isCaller) callers.push(task);
    else keep(task, deeper(parent.stack, task));
  }

  await slices.forEach(tasks, (task) => {
    const kind = kindOf(task);
    byId.set(task.asyncId, task);
    kinds.set(task, kind);
    ofKind[kind].push(task);
  });
  await slices.forEach(ofKind.resource, (task) => keep(task));
  await slices.forEach(ofKind.root, (task) => {
    if (coverage.take('root', executorKey(task), task.weight)) explained.add(task);
  });
  await slices.forEach(ofKind.await, decideAwait);
  await slices.forEach(ofKind.derived, (task) => {
    if (origin(task) === undefined && !awaited.has(task)) keep(task);
  });
  await slices.forEach(ofKind.root, (task) => {
    if (!awaited.has(task) && !explained.has(task)) keep(task);
  });
  callers.sort((a, b) => b.stack.frames.length - a.stack.frames.length);
  await slices.forEach(callers, (task) => {
    if (!coverage.take('await', ownKey(task), task.weight)) keep(task);
  });
  await slices.forEach(ofKind.outcome, (task) => {
    const isExplained = awaited.has(task) || coverage.take('outcome', ownKey(task), task.weight);
    if (!isExplained) keep(task);
  });
  return kept;
}

/** The awaited promise's stack where it was made on the way of the awaiting function, which it then contains. */
function deeper(stack: TakenStack, task: ChainTask): TakenStack {
  const key = ownKey(task);
  return key !== undefined && stack.callKeys.includes(key) ? stack : task.stack;
}
