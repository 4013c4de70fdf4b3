/** Which of JavaScript's built-ins the program has replaced or deleted since pprofql was loaded. */

/** What answers questions in the observed thread, and what may have been replaced itself, as it was. */
const { getOwnPropertyDescriptor, ownKeys } = Reflect;

/** More would hide the one that matters. */
const MOST_NAMED = 5;

/** JavaScript's own: to look at one of Node's may load what makes it, such as all of `fetch`. */
const GLOBALS = [
  'Array',
  'Atomics',
  'BigInt',
  'Date',
  'Error',
  'Float64Array',
  'Function',
  'Int32Array',
  'JSON',
  'Map',
  'Number',
  'Object',
  'Promise',
  'Proxy',
  'Reflect',
  'RegExp',
  'Set',
  'String',
  'Symbol',
  'TypeError',
  'Uint8Array',
  'WeakMap',
  'WeakRef',
  'WeakSet',
  'parseInt',
];

const OWNERS: readonly [name: string, owner: object][] = [
  ['Array.', Array],
  ['Array.prototype.', Array.prototype],
  ['Map.prototype.', Map.prototype],
  ['Number.', Number],
  ['Object.', Object],
  ['Object.prototype.', Object.prototype],
  ['Promise.', Promise],
  ['Promise.prototype.', Promise.prototype],
  ['Reflect.', Reflect],
  ['RegExp.prototype.', RegExp.prototype],
  ['Set.prototype.', Set.prototype],
  ['String.prototype.', String.prototype],
  ['WeakMap.prototype.', WeakMap.prototype],
  ['WeakRef.prototype.', WeakRef.prototype],
  ['WeakSet.prototype.', WeakSet.prototype],
];

interface BuiltIn {
  /** As people write it, such as `Array.prototype.map`. */
  name: string;
  owner: object;
  key: string | symbol;
  value: unknown;
}

const builtIns = [
  ...builtInsOf('', globalThis, GLOBALS),
  ...OWNERS.flatMap(([prefix, owner]) => builtInsOf(prefix, owner, ownKeys(owner))),
];

function builtInsOf(prefix: string, owner: object, keys: readonly (string | symbol)[]): BuiltIn[] {
  return keys.flatMap((key): BuiltIn[] => {
    const value = getOwnPropertyDescriptor(owner, key)?.value;
    const isPart = typeof value === 'function' || (typeof value === 'object' && value !== null);
    return isPart ? [{ name: prefix + nameOf(key), owner, key, value }] : [];
  });
}

/** The first few of them. Uses no built-in itself but the one that it has kept. */
export function replacedBuiltIns(): string[] {
  const names: string[] = [];
  let count = 0;
  for (let index = 0; index < builtIns.length && count < MOST_NAMED; index++) {
    const { name, owner, key, value } = builtIns[index]!;
    if (getOwnPropertyDescriptor(owner, key)?.value !== value) names[count++] = name;
  }
  return names;
}

function nameOf(key: string | symbol): string {
  return typeof key === 'string' ? key : `[${key.description}]`;
}
