/** Which timers, sockets and requests a promise waits for, and which promises are Node's means to settle another. */

import { isRuntimeFile } from '../../../base/files/own-files.ts';
import { math } from '../../../base/numbers/math.ts';
import type { TimeSlices } from '../pace/time-slices.ts';
import { executorKey, type Kind } from '../promises/promise-kinds.ts';
import type { Tally } from '../tally.ts';
import { REQUEST_TYPES } from '../types.ts';
import { type AwaitedTask, addTo, suffixKey } from './awaited-task.ts';

/** Which of several resources that one promise waits for names it best: the first of these, else any other. */
const TELLING_TYPES = [
  // A request goes out once its host is found.
  'GETADDRINFOREQWRAP',
  'HTTPCLIENTREQUEST',
];
/** A time limit beside what is waited for. */
const LEAST_TELLING_TYPE = 'Timeout';

/** Where Node keeps `fetch`. */
const FETCH_FILES = 'node:internal/deps/undici';

export interface Joined<T> {
  /** The timers, sockets and requests that settle a promise. */
  resourcesOf: Map<T, T[]>;
  /** What is part of the wait of another. */
  absorbed: Set<T>;
}

/** Finds out which resources a promise waits for, and which promises are Node's means to settle another. */
export async function joined<T extends AwaitedTask>(
  ofKind: Record<Kind, readonly T[]>,
  awaiters: Tally<number>,
  slices: TimeSlices,
): Promise<Joined<T>> {
  const resourcesOf = new Map<T, T[]>();
  const absorbed = new Set<T>();
  const join = (promise: T, resource: T): void => {
    absorbed.add(resource);
    const resources = resourcesOf.get(promise);
    if (resources === undefined) resourcesOf.set(promise, [resource]);
    else resources.push(resource);
  };

  /** Of several that wait in the same call of Node's, the one that the resource was made for. */
  function settledBy(resource: T, waiting: readonly T[]): T {
    const isOpen = (promise: T) =>
      !resourcesOf.get(promise)?.some(({ type }) => type === resource.type);
    const last = lastBefore(waiting, resource);
    if (last !== undefined && isOpen(last)) return last;
    return waiting.find(isOpen) ?? last ?? waiting[0]!;
  }

  const ofExecutor = new Map<string, T[]>();
  await slices.forEach(ofKind.root, (root) => {
    const key = executorKey(root);
    if (key !== undefined) addTo(ofExecutor, key, root);
  });
  const promises = [...ofKind.root, ...ofKind.outcome, ...ofKind.derived];
  /** By the call of Node's API that made them: those that the program waits for, the longest chain first. */
  const ofCall = new Map<string, T[]>();
  await slices.forEach(promises, (task) => {
    const { callOfNode } = task.stack;
    if (callOfNode !== null && task.waits.hasProgramFrame) addTo(ofCall, callOfNode, task);
  });
  /** Begun by Node in a turn of its own, for somebody whom its stack does not name. */
  const ofNode: T[] = [];
  let waitsInNode = 0;
  let fetches = 0;
  /** Those that Node made on the way from what settles to what the program awaits. */
  const outer = new Set<T>();
  await slices.forEach(ofCall.values(), (ofOne) => {
    const innermost = new Set(innermostOf(ofOne, awaiters));
    for (const task of ofOne) if (!innermost.has(task)) outer.add(task);
    ofOne.splice(0, ofOne.length, ...innermost);
    waitsInNode += innermost.size;
    if (ofOne.some(isOfFetch)) fetches += 1;
  });

  await slices.forEach(ofKind.resource, (resource) => {
    const { callKeys, callOfNode } = resource.stack;
    if (callOfNode !== null && ofCall.has(callOfNode)) {
      join(settledBy(resource, ofCall.get(callOfNode)!), resource);
      return;
    }
    const root = callKeys
      .map((key) => lastBefore(ofExecutor.get(key), resource))
      .find((found) => found !== undefined);
    if (root !== undefined) join(root, resource);
    else if (!resource.stack.hasProgramFrame) ofNode.push(resource);
  });
  await slices.forEach(ofNode, (resource) => {
    if (REQUEST_TYPES.has(resource.type)) {
      // A file that is read on in the background, for whoever waits for what was read.
      if (waitsInNode > 0) absorbed.add(resource);
      waitsInNode -= 1;
    } else if (fetches > 0 && isOfFetch(resource)) absorbed.add(resource);
    else if (resource.type === 'HTTPCLIENTREQUEST') {
      // It begins once there is a connection, which the program has asked for.
      const connected = [...resourcesOf].find(([, own]) => isConnection(own));
      if (connected !== undefined) join(connected[0], resource);
    }
  });
  await slices.forEach(promises, (task) => {
    const { callOfNode, hasProgramFrame, frames } = task.stack;
    if (task.waits.hasProgramFrame) {
      if (outer.has(task)) absorbed.add(task);
      return;
    }
    const isMeans = callOfNode !== null && ofCall.has(callOfNode);
    const isNodesOwn = frames.length > 0 && !hasProgramFrame && !resourcesOf.has(task);
    if (isMeans || isNodesOwn) absorbed.add(task);
  });
  await slices.forEach(ofKind.await, (task) => {
    const { callOfNode } = task.stack;
    if (callOfNode !== null && ofCall.has(callOfNode)) absorbed.add(task);
  });
  return { resourcesOf, absorbed };
}

/**
 * Of the promises that one call of Node's API made, the one that the others are settled by: with the
 * longest way to the program, and awaited where some are.
 */
function innermostOf<T extends AwaitedTask>(ofCall: readonly T[], awaiters: Tally<number>): T[] {
  const byProgramFrames = new Map<string, T[]>();
  const depthInNode = ({ waits }: T) => waits.frames.findIndex(({ file }) => !isRuntimeFile(file));
  for (const task of ofCall) {
    addTo(byProgramFrames, suffixKey(task.waits, depthInNode(task)), task);
  }
  return [...byProgramFrames.values()].flatMap((tasks) => {
    const deepest = math.max(...tasks.map(depthInNode));
    const innermost = tasks.filter((task) => depthInNode(task) === deepest);
    const awaited = innermost.filter(({ asyncId }) => awaiters.of(asyncId) > 0);
    return awaited.length > 0 ? awaited : innermost;
  });
}

/** The last that was made before, of some in the order they were made. */
function lastBefore<T extends AwaitedTask>(
  made: readonly T[] | undefined,
  { asyncId }: AwaitedTask,
): T | undefined {
  if (made === undefined) return undefined;
  let [low, high] = [0, made.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (made[middle]!.asyncId < asyncId) low = middle + 1;
    else high = middle;
  }
  return made[low - 1];
}

/** What says best what is waited for; nothing where `fetch` uses whatever connections it has. */
export function mostTelling<T extends AwaitedTask>(
  resources: readonly T[] | undefined,
): T | undefined {
  if (resources?.some(isOfFetch)) return undefined;
  const known = TELLING_TYPES.map((telling) => resources?.find(({ type }) => type === telling));
  return (
    known.find((resource) => resource !== undefined) ??
    resources?.find(({ type }) => type !== LEAST_TELLING_TYPE) ??
    resources?.[0]
  );
}

function isOfFetch({ stack }: AwaitedTask): boolean {
  return stack.frames.some(({ file }) => file.startsWith(FETCH_FILES));
}

/** A connection whose request is not among what was begun with it. */
function isConnection(resources: readonly AwaitedTask[]): boolean {
  const types = resources.map(({ type }) => type);
  return types.includes('TCPWRAP') && !types.includes('HTTPCLIENTREQUEST');
}
