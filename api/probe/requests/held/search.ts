/**
 * Looks for the list in which the callbacks stand that requests wait for: from the functions that handle requests on,
 * by what they can see, as one does with a debugger. A handler that is made of callbacks has nothing pending that a
 * hook would know of: who waits for his turn stands in a list, and that is all.
 *
 *   handler → findUser → pool → waiting[0..310] → done → response
 */

import { isOwn } from '../../../base/files/frame-origin.ts';
import { isRuntimeFile } from '../../../base/files/own-files.ts';
import { math } from '../../../base/numbers/math.ts';
import type { StackFrame } from '../../readings/tasks.ts';
import { type Child, childrenOf, isReferrer, membersOf, valueAt } from './children.ts';
import type { ClosureReader } from './closures.ts';
import { isSamePlace, type WaysOptions, type WayToAnswer, wayToAnswer } from './way-to-answer.ts';

export interface FoundList {
  count: number;
  name: string;
  keeper: StackFrame;
  isOfClass: boolean;
  waiter: readonly StackFrame[];
  worker: StackFrame | null;
}

export interface SearchOptions extends Omit<WaysOptions, 'isCommon'> {
  /** What handles requests. */
  roots: readonly object[];
  /** Requests that wait. */
  waiting: number;
}

interface Keeper {
  frame: StackFrame;
  isClass: boolean;
  /** The variables or properties beside the list. */
  holder: object;
}

interface Place {
  value: object;
  name: string;
  keeper: Keeper | null;
}

const MOST_PLACES = 5_000;
const FEWEST_HELD = 3;
/** Of the requests that wait, so many have to stand in the list. */
const LEAST_SHARE = 0.5;
const SAMPLES = 4;

export function searchList(options: SearchOptions): FoundList | null {
  const { reader, roots, isOver } = options;
  const seen = new Set<object>(roots);
  /** Code of the program and what it holds; then that of packages. */
  const near: Place[] = roots.map((value) => ({ value, name: '', keeper: null }));
  const far: Place[] = [];
  for (let visited = 0; visited < MOST_PLACES && !isOver(); visited += 1) {
    const place = near.shift() ?? far.shift();
    if (place === undefined) return null;
    const found = listAt(place, seen, options);
    if (found !== null) return found;
    const { places, isFar } = placesFrom(place, reader);
    for (const next of places) {
      if (seen.has(next.value)) continue;
      seen.add(next.value);
      (isFar ? far : near).push(next);
    }
  }
  return null;
}

function placesFrom(place: Place, reader: ClosureReader): { places: Place[]; isFar: boolean } {
  const { value } = place;
  if (typeof value !== 'function') return { places: placesInObject(place, reader), isFar: false };
  const closure = reader.closureOf(value as () => unknown);
  if (closure === null) return { places: [], isFar: false };
  const { frame, scopes } = closure;
  if (frame !== null && isRuntimeFile(frame.file)) return { places: [], isFar: false };
  const places = scopes.flatMap(({ variables }) => {
    const keeper = frame === null ? place.keeper : { frame, isClass: false, holder: variables };
    return childrenOf(variables).map(([name, child]) => ({ value: child, name, keeper }));
  });
  // A framework's function has its parts as properties.
  const own = childrenOf(value).filter(([name]) => name !== 'prototype');
  const all = [...places, ...own.map(([name, child]) => ({ value: child, name, keeper: null }))];
  return { places: all, isFar: frame !== null && !isOwn(frame) };
}

function placesInObject(place: Place, reader: ClosureReader): Place[] {
  const { value, name, keeper } = place;
  const keeperClass = classOf(value, reader);
  const children: Child[] = childrenOf(value);
  if (keeperClass?.hasPrivateFields === true) children.push(...reader.privateFieldsOf(value));
  const keeperHere =
    keeperClass === null ? keeper : { frame: keeperClass.frame, isClass: true, holder: value };
  return children
    .filter(([, child]) => isReferrer(child))
    .map(([key, child]) => ({ value: child, name: key === '' ? name : key, keeper: keeperHere }));
}

/** Of an object that a class has made, also one of Node's; null for others, such as a map. */
function classOf(
  value: object,
  reader: ClosureReader,
): { frame: StackFrame; hasPrivateFields: boolean } | null {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (!isReferrer(prototype) || prototype === Object.prototype || Array.isArray(value)) return null;
  const maker = valueAt(prototype, 'constructor');
  if (typeof maker !== 'function' || !isReferrer(maker)) return null;
  const frame = reader.closureOf(maker as () => unknown)?.frame ?? null;
  if (frame === null) return null;
  return { frame, hasPrivateFields: Function.prototype.toString.call(maker).includes('#') };
}

function listAt(
  { value, name, keeper }: Place,
  seen: ReadonlySet<object>,
  options: SearchOptions,
): FoundList | null {
  const members = keeper === null ? null : membersOf(value);
  const fewest = math.max(FEWEST_HELD, LEAST_SHARE * options.waiting);
  if (keeper === null || members === null || members.count < fewest) return null;
  const { count, some } = members;
  const step = math.max(1, math.floor(some.length / SAMPLES));
  const samples = some.filter((_, index) => index % step === 0).slice(0, SAMPLES);
  const isCommon = (object: object) => seen.has(object);
  const ways = samples
    .map((sample) => wayToAnswer(sample, { ...options, isCommon }))
    .filter((way) => way !== null);
  const distinct = new Set(ways.map(({ requestId }) => requestId)).size;
  // What all of them lead to belongs to none of them.
  if (distinct < 2 || distinct < ways.length || 2 * ways.length <= samples.length) return null;
  const waiter = waiterOf(ways, keeper.frame);
  if (waiter === null) return null;
  return {
    count,
    name,
    keeper: keeper.frame,
    isOfClass: keeper.isClass,
    waiter,
    worker: workerOf(samples, waiter, keeper, options.reader),
  };
}

/** Whoever keeps the list puts a function of its own around a callback; whose callback that is waits. */
function waiterOf(ways: readonly WayToAnswer[], keeper: StackFrame): readonly StackFrame[] | null {
  const [way] = [...ways].sort((a, b) => b.frames.length - a.frames.length);
  const own = way?.frames.filter(isOwn) ?? [];
  const at = own.findIndex(({ file }) => file !== keeper.file);
  return own.length === 0 ? null : own.slice(math.max(0, at));
}

/**
 * Of a list of jobs, each with its callback, the one function of another file that does them: it stands beside the list, or in
 * each of them.
 */
function workerOf(
  samples: readonly object[],
  waiter: readonly StackFrame[],
  { holder, frame: { file } }: Keeper,
  reader: ClosureReader,
): StackFrame | null {
  if (samples.some((sample) => typeof sample === 'function')) return null;
  const functionsOf = (object: object) =>
    childrenOf(object)
      .map(([, child]) => child)
      .filter((child) => typeof child === 'function')
      .map((child) => reader.closureOf(child as () => unknown)?.frame ?? null)
      .filter((frame) => frame !== null && isOwn(frame) && frame.file !== file)
      .filter((frame) => !waiter.some((passed) => isSamePlace(passed, frame!))) as StackFrame[];
  const beside = functionsOf(holder);
  if (beside.length > 0) return beside.length === 1 ? beside[0]! : null;
  const [first, ...others] = samples.map(functionsOf);
  const common = first?.filter((frame) =>
    others.every((frames) => frames.some((other) => isSamePlace(frame, other))),
  );
  return common?.length === 1 ? common[0]! : null;
}
