/** What an object of the program refers to, without running any code of it. */

import { types } from '../../../base/builtins.ts';
import { math } from '../../../base/numbers/math.ts';

const { getOwnPropertyDescriptor, ownKeys } = Reflect;
const { isArray } = Array;
const { forEach: forEachEntry } = Map.prototype;
const { forEach: forEachMember } = Set.prototype;
const { apply } = Reflect;

export type Child = readonly [name: string, value: object];

/** Of objects with more, such as a table of all users, the first are looked at. */
const MOST_PROPERTIES = 100;
const MOST_ENTRIES = 20;
const NEXT = ['next', '_next'];
const MOST_LINKS = 10_000;

/** Something that can refer to other things. */
export function isReferrer(value: unknown): value is object {
  if (typeof value === 'function') return !types.isProxy(value);
  if (typeof value !== 'object' || value === null) return false;
  return (
    !types.isProxy(value) &&
    !types.isArrayBufferView(value) &&
    !types.isAnyArrayBuffer(value) &&
    !types.isPromise(value)
  );
}

/** Getters are not called. */
export function childrenOf(value: object): Child[] {
  const children: Child[] = [];
  const add = (name: string, child: unknown) => {
    if (isReferrer(child)) children.push([name, child]);
  };
  try {
    for (const child of entriesOf(value) ?? []) add('', child);
    if (isArray(value)) return children;
    for (const key of ownKeys(value).slice(0, MOST_PROPERTIES)) {
      add(typeof key === 'string' ? key : (key.description ?? ''), valueAt(value, key));
    }
  } catch {
    // What cannot be looked at leads nowhere.
  }
  return children;
}

export interface Members {
  count: number;
  /** Of objects and functions: some of them, evenly over all. */
  some: object[];
}

/** What a list, a map or a set holds, or the chain that begins with an object; null for anything else. */
export function membersOf(value: object): Members | null {
  const count = sizeOf(value);
  if (count > 0) return { count, some: childrenOf(value).map(([, child]) => child) };
  const chain = typeof value === 'function' ? [] : chainFrom(value);
  return chain.length < 2 ? null : { count: chain.length, some: spread(chain) as object[] };
}

function sizeOf(value: object): number {
  if (isArray(value)) return value.length;
  if (types.isMap(value)) return mapSize(value);
  return types.isSet(value) ? setSize(value) : 0;
}

/** As queues are linked: each object refers to the next one, by the same property. */
function chainFrom(first: object): object[] {
  const chain = [first];
  const seen = new Set(chain);
  const key = NEXT.find((name) => isReferrer(valueAt(first, name)));
  for (let next = key && valueAt(first, key); chain.length < MOST_LINKS; ) {
    if (key === undefined || !isReferrer(next) || seen.has(next)) break;
    chain.push(next);
    seen.add(next);
    next = valueAt(next, key);
  }
  return chain;
}

/** The first, the last, and some in between; null for what is no list. */
function entriesOf(value: object): unknown[] | null {
  const all = isArray(value) ? spread(value) : types.isMap(value) || types.isSet(value) ? [] : null;
  if (all === null || isArray(value)) return all;
  const visit = (entry: unknown) => {
    all.push(entry);
  };
  if (types.isMap(value)) apply(forEachEntry, value, [visit]);
  else apply(forEachMember, value, [visit]);
  return spread(all);
}

/** Evenly over all of them. */
function spread(list: readonly unknown[]): unknown[] {
  const step = math.max(1, (list.length - 1) / (MOST_ENTRIES - 1));
  const found: unknown[] = [];
  for (let at = 0; math.round(at) < list.length; at += step) {
    found.push(getOwnPropertyDescriptor(list, String(math.round(at)))?.value);
  }
  return found;
}

/** Undefined for an accessor, and for a variable that is not set yet. */
export function valueAt(value: object, key: PropertyKey): unknown {
  try {
    return getOwnPropertyDescriptor(value, key)?.value;
  } catch {
    return undefined;
  }
}

const mapSize = sizeGetterOf(Map.prototype);
const setSize = sizeGetterOf(Set.prototype);

function sizeGetterOf(prototype: object): (collection: object) => number {
  const getter = getOwnPropertyDescriptor(prototype, 'size')!.get!;
  return (collection) => apply(getter, collection, []) as number;
}
