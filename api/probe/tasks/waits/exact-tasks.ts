/**
 * One task for each thing that waits, out of every pending promise of the process. Most of what is
 * known is who waits on each; what a record adds is where it was made, when, and for which request.
 *
 *   handler awaits load awaits new Promise   →  the promise at `load ← handler`, which explains the one at `handler`
 *   a hundred functions await one promise    →  their hundred outcomes, or their hundred `await`s
 */

import { math } from '../../../base/numbers/math.ts';
import type { TimeSlices } from '../pace/time-slices.ts';
import type { PromiseIds } from '../promises/promise-ids.ts';
import { kindOf, ownKey, type Representative } from '../promises/promise-kinds.ts';
import { type LiveRecord, resourceOf } from '../records/records.ts';
import { EMPTY_STACK, type TakenStack } from '../stack-store.ts';
import { Tally } from '../tally.ts';
import { RARE_TYPES } from '../types.ts';
import { isOfAnother, ownerOf } from './awaited-task.ts';
import { nodeIdsOf } from './pending-promises.ts';

/** What is known of a task that is no record, or of one whose weight is 1 for once. */
export type ExactTask = Pick<
  LiveRecord,
  'asyncId' | 'type' | 'parentId' | 'weight' | 'request' | 'span' | 'stack' | 'isRefed'
> & {
  /** Null where nobody saw it being made. */
  createdAtMs: number | null;
};

export interface PendingPromise extends ExactTask {
  waits: TakenStack;
  /** Whether a record tells where it was made. */
  isRecorded: boolean;
}

type Shown = Representative<ExactTask>;

/**
 * @param waits who waits on each, in the same order; null where this Node does not tell
 * @returns those of the program: what our own code waits for is nobody's business
 */
export async function describePromises(
  promises: readonly object[],
  waits: readonly TakenStack[] | null,
  records: readonly LiveRecord[],
  ids: PromiseIds,
  slices: TimeSlices,
): Promise<PendingPromise[]> {
  const recordOf = new Map<object, LiveRecord>();
  await slices.forEach(records, (record) => {
    if (record.type !== 'PROMISE') return;
    const promise = resourceOf(record);
    if (promise !== undefined) recordOf.set(promise, record);
  });
  const parentOf = await createParents(promises, ids, slices);
  const described: PendingPromise[] = [];
  await slices.forEach(promises.entries(), ([at, promise]) => {
    const record = recordOf.get(promise);
    const waiting = waits?.[at] ?? EMPTY_STACK;
    if (waiting.isOwn) return;
    described.push({
      type: 'PROMISE',
      asyncId: ids.of(promise),
      parentId: parentOf(promise),
      createdAtMs: record?.createdAtMs ?? null,
      weight: 1,
      request: record?.request ?? null,
      span: record?.span ?? null,
      stack: record?.stack ?? EMPTY_STACK,
      isRefed: null,
      waits: waiting,
      isRecorded: record !== undefined,
    });
  });
  return described;
}

/** What a promise derives from or awaits: as our hook has seen it, or that of the program while ours was off. */
async function createParents(
  promises: readonly object[],
  ids: PromiseIds,
  slices: TimeSlices,
): Promise<(promise: object) => number> {
  const byNodeId = new Map<number, object>();
  await slices.forEach(promises, (promise) => {
    const { asyncId } = nodeIdsOf(promise);
    if (asyncId > 0) byNodeId.set(asyncId, promise);
  });
  return (promise) => {
    const noted = ids.parentOf(promise);
    if (noted > 0 || byNodeId.size === 0) return noted;
    const parent = byNodeId.get(nodeIdsOf(promise).parentId);
    return parent === undefined || parent === promise ? 0 : ids.of(parent);
  };
}

/** @param resources recorded tasks that are no promises; what they stand for is an estimate */
export async function exactTasks(
  promises: readonly PendingPromise[],
  resources: readonly LiveRecord[],
  slices: TimeSlices,
): Promise<Shown[]> {
  const shown: Shown[] = [];
  const awaited = new Map<TakenStack, PendingPromise[]>();
  const alone: PendingPromise[] = [];
  const byId = new Map(promises.map((promise) => [promise.asyncId, promise]));
  const children = new Tally<number>();
  const lastChild = new Map<number, PendingPromise>();
  await slices.forEach(promises, (promise) => {
    if (byId.has(promise.parentId)) {
      children.add(promise.parentId);
      lastChild.set(promise.parentId, promise);
    }
    if (promise.waits.frames.length === 0) {
      alone.push(promise);
      return;
    }
    const group = awaited.get(promise.waits);
    if (group === undefined) awaited.set(promise.waits, [promise]);
    else group.push(promise);
  });

  /** How many are shown whose stack ends so, by that part of it. */
  const within = new Tally<string>();
  /** Outermost functions that wait, by name and file: each has an outcome that nobody awaits. */
  const outermost = new Tally<string>();
  let explained = 0;
  function addOutermost(key: string | undefined, count: number): void {
    outermost.add(key, count);
    explained += count;
  }
  /** What functions promised, by name and file, that is shown. */
  const outcomes = new Tally<string>();
  const longestFirst = [...awaited.entries()].sort(
    ([, [a]], [, [b]]) => b!.waits.frames.length - a!.waits.frames.length,
  );
  await slices.forEach(longestFirst, ([waits, group]) => {
    if (waits.frames.length === 1) addOutermost(waits.callKeys[0], group.length);
    const parts = suffixesOf(waits);
    const count = group.length - within.of(parts[0]!);
    if (count <= 0) return;
    for (const part of parts) within.add(part, count);
    // What somebody has to settle says more than what others settle in turn.
    for (const task of group.sort(rootsFirst).slice(0, count)) {
      if (kindOf(task) === 'outcome' && task.isRecorded) outcomes.add(ownKey(task) ?? '');
      show(task, waits, true);
    }
  });

  function show(task: PendingPromise, stack: TakenStack, isWait = false): void {
    const stackKind = isWait ? 'WAITS' : 'CREATED';
    const owner = isWait ? ownerOf(task, lastChild) : task;
    const behind = isOfAnother(task, owner) && { behind: task };
    shown.push({ task, stack, stackKind, weight: 1, owner, ...behind });
  }

  const recordedOutcomes: PendingPromise[] = [];
  const unknown: PendingPromise[] = [];
  await slices.forEach(alone, (promise) => {
    const parent = byId.get(promise.parentId);
    if (parent !== undefined) {
      if (!isOneOfSeveral(promise, parent) || outcomes.take(ownKey(promise))) return;
      addOutermost(ownKey(promise), 1);
      show(promise, promise.stack);
    } else if (children.of(promise.asyncId) > 1) return;
    else if (!promise.isRecorded) unknown.push(promise);
    else if (kindOf(promise) === 'root') show(promise, promise.stack);
    else if (kindOf(promise) === 'outcome') recordedOutcomes.push(promise);
  });

  /** Nobody waits on the promise itself, but several functions on what it stands for. */
  function isOneOfSeveral(promise: PendingPromise, parent: PendingPromise): boolean {
    return (
      promise.isRecorded && parent.waits.frames.length === 0 && children.of(parent.asyncId) > 1
    );
  }

  await slices.forEach(recordedOutcomes, (promise) => {
    if (outermost.take(ownKey(promise))) explained -= 1;
    else show(promise, promise.stack);
  });
  for (const promise of unknown.slice(math.max(0, explained))) show(promise, EMPTY_STACK);
  return await joinResources(shown, resources, slices);
}

const rootsFirst = (a: PendingPromise, b: PendingPromise): number =>
  Number(isOutcome(a)) - Number(isOutcome(b));

const isOutcome = (promise: PendingPromise) => promise.isRecorded && kindOf(promise) !== 'root';

/** A timer, socket or request that was begun in the function that stands at an `await`, and its promise, are one. */
async function joinResources(
  shown: Shown[],
  resources: readonly LiveRecord[],
  slices: TimeSlices,
): Promise<Shown[]> {
  const open = new Map<string, Shown[]>();
  await slices.forEach(shown, (each) => {
    if (each.stackKind !== 'WAITS') return;
    const key = each.stack.callKeys[each.stack.frames.findIndex(({ file }) => file !== '')];
    if (key === undefined) return;
    const ofKey = open.get(key);
    if (ofKey === undefined) open.set(key, [each]);
    else ofKey.push(each);
  });
  await slices.forEach(resources, (resource) => {
    let { weight } = resource;
    let isJoined = false;
    if (!RARE_TYPES.has(resource.type)) {
      for (const key of resource.stack.callKeys) {
        const ofKey = open.get(key) ?? [];
        while (weight >= 1 && ofKey.length > 0) {
          const each = ofKey.pop()!;
          each.task = { ...each.task, type: resource.type, isRefed: resource.isRefed };
          weight -= 1;
          isJoined = true;
        }
      }
    }
    // What is left over of a sampled one is as likely a wrong estimate.
    if (weight < 1 || isJoined) return;
    const { stack } = resource;
    shown.push({ task: resource, stack, stackKind: 'CREATED', weight, owner: resource });
  });
  return shown;
}

/** The stack from each of its frames on. */
function suffixesOf({ frames }: TakenStack): string[] {
  const found: string[] = [];
  let rest = '';
  for (const { function: name, file, line, column } of frames.toReversed()) {
    rest = `${name} ${file}:${line}:${column}\n${rest}`;
    found.unshift(rest);
  }
  return found;
}
