/**
 * One task for each thing that waits, out of the many promises one wait is made of, where V8 tells who
 * waits on each of them.
 *
 * `await pool.acquire()` inside an async handler leaves four pending promises: the one `acquire` made,
 * the handler's own, the engine's for the `await`, and whatever the framework chained on. Those that
 * somebody has to settle are the waits; what others settle in turn is explained by them:
 *
 *   handler awaits load awaits new Promise   →  one task: load ← handler
 *   handler awaits sleep awaits a timer      →  one task: the timer, awaited by sleep ← handler
 *   handler awaits Promise.all([a(), b()])   →  two tasks: a ← Promise.all ← handler, and b likewise
 *   a hundred handlers await one promise     →  a hundred tasks, each with the stack of its `await`
 *
 * A function's outcome that stays pending although the function stands at no `await` is a task too: what
 * it awaited has been collected, and the function with it.
 */
import type { TimeSlices } from '../pace/time-slices.ts';
import {
  emptyKinds,
  isPassedOn,
  kindOf,
  ownKey,
  type Representative,
} from '../promises/promise-kinds.ts';
import type { TakenStack } from '../stack-store.ts';
import { Tally } from '../tally.ts';
import {
  type AwaitedTask,
  addTo,
  isAwaited,
  isOfAnother,
  isSignificant,
  ownerOf,
  suffixKey,
  varianceOf,
} from './awaited-task.ts';
import { coarseWaits } from './coarse-waits.ts';
import { joined, mostTelling } from './joined.ts';

const RACE = /^(?:Promise|Function)\.race$/;

/** The tasks that stand for all of `tasks`. */
export async function waitingTasks<T extends AwaitedTask>(
  tasks: readonly T[],
  slices: TimeSlices,
): Promise<Representative<T>[]> {
  const shown: Representative<T>[] = [];
  /** Weights of what is shown: by function it passes, by exact await, by all of its stack or a part that ends it. */
  const through = new Tally<string>();
  const standingAt = new Tally<string>();
  const within = new Tally<string>();
  const chains = new Tally<TakenStack>();
  /** How far what passes a function, or stands in it, may be from the truth. */
  const variances = new Tally<string>();

  const suffixes = new Map<TakenStack, string[]>();
  function suffixesOf(stack: TakenStack): string[] {
    let known = suffixes.get(stack);
    if (known === undefined) {
      known = stack.frames.map((_, at) => suffixKey(stack, at));
      suffixes.set(stack, known);
    }
    return known;
  }

  const passedKey = (task: T): string =>
    isAwaited(task) ? suffixesOf(task.waits)[0]! : `created ${ownKey(task)}`;

  /** Adds what is shown to what explains others, or takes some of it back. */
  function count({ stack, stackKind }: Representative<T>, weight: number, variance: number): void {
    for (const key of new Set(stack.callKeys)) {
      through.add(key, weight);
      variances.add(key, variance);
    }
    if (stackKind !== 'WAITS') return;
    chains.add(stack, weight);
    for (const [at, key] of stack.callKeys.entries()) {
      standingAt.add(`${key}:${stack.frames[at]!.line}`, weight);
      within.add(suffixesOf(stack)[at], weight);
    }
  }

  /** @param source what it waits for, or a part of it */
  function show(task: T, stack: TakenStack, isWait: boolean, owner = task, source = task): void {
    const { weight } = owner;
    const stackKind = isWait ? 'WAITS' : 'CREATED';
    const behind = isOfAnother(source, owner) && { behind: source };
    const representative = { task, stack, stackKind, weight, owner, ...behind } as const;
    shown.push(representative);
    count(representative, weight, varianceOf(owner));
  }

  const { ofKind, byId, awaiters, children } = await indexed(tasks, slices);
  const { resourcesOf, absorbed } = await joined(ofKind, awaiters, slices);

  /** Whoever derives from it is shown in its place. */
  function isAwaitedByAnother(task: T): boolean {
    const child = children.get(task.asyncId);
    const isStoodAt = child !== undefined && kindOf(child) === 'await';
    return isStoodAt && isAwaited(task) && isOfAnother(task, ownerOf(task, children));
  }

  /** How many races wait at a line: of the promises of one race, one is shown. */
  const races = new Tally<TakenStack>();
  for (const task of ofKind.outcome) {
    if (RACE.test(task.stack.frames[0]?.function ?? '')) races.add(task.waits, task.weight);
  }
  function isFurtherRunner(root: T): boolean {
    const chained = children.get(root.asyncId)?.stack.frames[1]?.function ?? '';
    return RACE.test(chained) && isAwaited(root) && !races.take(root.waits, root.weight);
  }

  function showRoot(root: T): void {
    const resource = mostTelling(resourcesOf.get(root));
    const task = resource ?? root;
    if (isAwaited(root)) show(task, root.waits, true, ownerOf(root, children), root);
    // Where several wait, each of them is a task.
    else if (resource !== undefined || awaiters.of(root.asyncId) === 0)
      show(task, task.stack, false);
  }

  await slices.forEach(ofKind.resource, (task) => {
    if (!absorbed.has(task)) show(task, task.stack, false);
  });
  await slices.forEach(ofKind.root, (task) => {
    if (!absorbed.has(task) && !isFurtherRunner(task)) showRoot(task);
  });
  const isShared = (promise: T, { weight }: T) =>
    promise.isStanding
      ? awaiters.of(promise.asyncId) > weight
      : !isAwaited(promise) && !absorbed.has(promise);
  const outcomes: T[] = [];
  const passedOn: T[] = [];
  await slices.forEach(ofKind.outcome, (task) => {
    if (absorbed.has(task)) return;
    if (resourcesOf.has(task)) showRoot(task);
    // The means of another built-in, whose own outcome is among them.
    else if (isPassedOn(task) && task.stack.frames[1]?.file === '') return;
    else if (isAwaited(task) || awaiters.of(task.asyncId) === 0)
      (isPassedOn(task) ? passedOn : outcomes).push(task);
  });
  const unexplainedAwaits: T[] = [];
  /** Functions that stand at an `await`. */
  const standing = new Tally<string>();
  await slices.forEach(ofKind.await, (task) => {
    standing.add(ownKey(task), task.weight);
    variances.add(ownKey(task), varianceOf(task));
    if (absorbed.has(task)) return;
    const parent = byId.get(task.parentId);
    if (parent === undefined) unexplainedAwaits.push(task);
    else if (isShared(parent, task)) show(task, task.stack, false);
    // Nobody was asked who waits for what a function promised that stands at an `await` itself.
    else if (parent.isStanding && isOfAnother(parent, task))
      show(task, task.stack, true, task, parent);
  });
  await slices.forEach(ofKind.derived, (task) => {
    if (absorbed.has(task)) return;
    const parent = byId.get(task.parentId);
    if (resourcesOf.has(task)) showRoot(task);
    else if (parent === undefined) passedOn.push(task);
    else if (isOfAnother(parent, task)) show(task, placeOf(task), isAwaited(task), task, parent);
    else if (isAwaitedByAnother(task)) show(task, task.waits, true, ownerOf(task, children));
  });

  const showOutcome = (task: T) => show(task, placeOf(task), isAwaited(task));

  /** Of what has the same key, shows as much as is not explained, if that is more than chance. */
  function showRest(ofKey: readonly T[], isExplained: (task: T) => boolean, variance = 0): void {
    const rest = ofKey.filter((task) => !isExplained(task));
    const weight = rest.reduce((sum, task) => sum + task.weight, 0);
    const spread = ofKey.reduce((sum, task) => sum + varianceOf(task), variance);
    if (isSignificant(weight, spread)) for (const task of rest) showOutcome(task);
  }

  await slices.forEach(byKey(unexplainedAwaits, standKey), ([key, ofKey]) =>
    showRest(ofKey, ({ weight }) => standingAt.take(key, weight)),
  );
  for (const { waiting, factor } of coarseWaits(shown, ofKind.outcome)) {
    for (const each of waiting) {
      count(each, (factor - 1) * each.weight, -varianceOf(each));
      each.weight *= factor;
    }
  }

  /** What a function made and nobody awaits may be what it returned. Those that stand at an `await` are counted already. */
  const createdIn = new Tally<string>();
  for (const { task, stack, stackKind } of shown) {
    if (stackKind === 'WAITS' || kindOf(task) === 'await') continue;
    for (const key of new Set(stack.callKeys)) createdIn.add(key, task.weight);
  }

  await slices.forEach(byKey(outcomes, ownKey), ([key, ofKey]) => {
    // The longest chain is the innermost, and says most.
    ofKey.sort((a, b) => a.waits.frames.length - b.waits.frames.length);
    const variance = variances.of(key);
    // What is sampled stands at other awaits than what is shown does.
    let explained = variance > 0 ? through.of(key) : standing.of(key);
    showRest(
      ofKey,
      (task) => {
        if (explained >= task.weight) {
          explained -= task.weight;
          return true;
        }
        return isAwaited(task)
          ? chains.take(task.waits, task.weight)
          : createdIn.take(key, task.weight);
      },
      variance,
    );
  });
  await slices.forEach(byKey(passedOn, passedKey), ([key, ofKey]) => {
    let explained = within.of(key);
    showRest(ofKey, (task) => {
      if (!isAwaited(task)) return through.take(ownKey(task), task.weight);
      if (explained < task.weight) return false;
      explained -= task.weight;
      return true;
    });
  });
  return shown;
}

/** Where it is awaited, else where it was made. */
const placeOf = (task: AwaitedTask): TakenStack => (isAwaited(task) ? task.waits : task.stack);

async function indexed<T extends AwaitedTask>(tasks: readonly T[], slices: TimeSlices) {
  const byId = new Map<number, T>();
  /** How many stand at an `await` of a promise, by its id. */
  const awaiters = new Tally<number>();
  /** One of the promises that derive from a promise or stand for an `await` of it, by its id. */
  const children = new Map<number, T>();
  const ofKind = emptyKinds<T>();
  await slices.forEach(tasks, (task) => {
    byId.set(task.asyncId, task);
    if (task.parentId !== 0) children.set(task.parentId, task);
  });
  await slices.forEach(tasks, (task) => {
    const kind = kindOf(task);
    // What is awaited and no promise gets one, which looks like that of an `await`.
    const isWrapper = kind === 'await' && children.has(task.asyncId);
    ofKind[isWrapper ? 'root' : kind].push(task);
    if (kind === 'await' && !isWrapper) awaiters.add(task.parentId, task.weight);
  });
  for (const ofOne of Object.values(ofKind)) ofOne.sort((a, b) => a.asyncId - b.asyncId);
  return { byId, awaiters, children, ofKind };
}

function byKey<T>(tasks: readonly T[], keyOf: (task: T) => string | undefined): [string, T[]][] {
  const groups = new Map<string, T[]>();
  for (const task of tasks) addTo(groups, keyOf(task) ?? '', task);
  return [...groups];
}

/** Where a function stands: the place of its `await`. */
const standKey = ({ stack }: AwaitedTask): string =>
  `${stack.callKeys[0]}:${stack.frames[0]?.line}`;
