/** How many listeners an emitter has for an event, without running code of the program. */
import { types } from '../../base/builtins.ts';

const { getOwnPropertyDescriptor, getPrototypeOf } = Object;
const { getOwnPropertySymbols } = Object;
const { get: mapGet } = Map.prototype;
const { isArray } = Array;

/** Where Node keeps the listeners of an `EventTarget`. */
const EVENTS = 'kEvents';
let eventsKey: symbol | undefined;

const ownValue = (holder: object, key: PropertyKey): unknown =>
  getOwnPropertyDescriptor(holder, key)?.value;

/** Of an `EventEmitter`; 0 where it cannot be told. */
export function emitterListeners(emitter: object, event: PropertyKey): number {
  if (types.isProxy(emitter)) return 0;
  const events = ownValue(emitter, '_events');
  if (typeof events !== 'object' || events === null || types.isProxy(events)) return 0;
  const listeners = ownValue(events, event);
  if (typeof listeners === 'function') return 1;
  return isArray(listeners) ? listeners.length : 0;
}

/** Of an `EventTarget`; 0 where it cannot be told. */
export function targetListeners(target: object, event: PropertyKey): number {
  if (types.isProxy(target)) return 0;
  eventsKey ??= getOwnPropertySymbols(target).find(({ description }) => description === EVENTS);
  const events = eventsKey === undefined ? undefined : ownValue(target, eventsKey);
  if (!types.isMap(events)) return 0;
  const root: unknown = mapGet.call(events, event);
  const size = typeof root === 'object' && root !== null ? ownValue(root, 'size') : 0;
  return typeof size === 'number' ? size : 0;
}

/** Name of its class; empty where it has none. */
export function classOf(instance: object): string {
  const prototype: unknown = getPrototypeOf(instance);
  if (typeof prototype !== 'object' || prototype === null) return '';
  const made = ownValue(prototype, 'constructor');
  const name = typeof made === 'function' ? ownValue(made, 'name') : '';
  return typeof name === 'string' ? name : '';
}
