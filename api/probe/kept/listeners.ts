/**
 * Who adds listeners to emitters that have many already. For as long as a window is open, a stand-in
 * of the same name and length is in the place of `on`, `addListener`, `prependListener` (which `once` calls) and
 * `addEventListener`. It takes note where there are many listeners of that event, and calls Node's.
 */
import { getBuiltinModule, OwnWeakRef } from '../../base/builtins.ts';
import { beforeTakenBack, noteTakenBack } from '../../base/taken-back.ts';
import type { StackStore, TakenStack } from '../tasks/stack-store.ts';
import { classOf, emitterListeners, targetListeners } from './listener-count.ts';

/** What a request, a stream or a socket has itself is fewer. */
const MANY = 10;
const MOST_WATCHED = 50;
const MOST_STACKS_A_WINDOW = 100;
const MOST_STACKS = 10;

const EMITTER_METHODS = ['on', 'addListener', 'prependListener'];
const TARGET_METHODS = ['addEventListener'];

type Count = (holder: object, event: PropertyKey) => number;
type Method = (this: object, ...args: unknown[]) => unknown;

export interface WatchedListeners {
  id: number;
  emitter: string;
  event: string;
  count: number;
  /** How many were seen being added, by place. */
  added: ReadonlyMap<TakenStack, number>;
}

export interface ListenerWatch {
  open(): void;
  close(): void;
  /** Those whose emitter is still there. */
  read(): WatchedListeners[];
  forget(): void;
}

interface Watched {
  id: number;
  holder: WeakRef<object>;
  name: string;
  event: PropertyKey;
  count: Count;
  added: Map<TakenStack, number>;
}

const { apply, defineProperty, getOwnPropertyDescriptor } = Reflect;
/** As it was when pprofql was loaded. */
const targetPrototype = EventTarget.prototype;

export function createListenerWatch(stacks: StackStore): ListenerWatch {
  const watched: Watched[] = [];
  let lastId = 0;
  let stacksTaken = 0;
  let isOpen = false;
  /** Takes a stand-in out of its place again. */
  let removals: (() => void)[] = [];

  function noteAdded(holder: object, event: PropertyKey, count: Count, below: Method): void {
    if (stacksTaken >= MOST_STACKS_A_WINDOW || count(holder, event) < MANY) return;
    stacksTaken += 1;
    const entry = entryOf(holder, event, count);
    if (entry === null) return;
    const stack = stacks.format(stacks.take(below));
    if (stack.isOwn) return;
    if (entry.added.size >= MOST_STACKS && !entry.added.has(stack)) return;
    entry.added.set(stack, (entry.added.get(stack) ?? 0) + 1);
  }

  function entryOf(holder: object, event: PropertyKey, count: Count): Watched | null {
    const known = watched.find((each) => each.event === event && each.holder.deref() === holder);
    if (known !== undefined) return known;
    if (watched.length >= MOST_WATCHED) return null;
    lastId += 1;
    const entry: Watched = {
      id: lastId,
      holder: new OwnWeakRef(holder),
      name: classOf(holder),
      event,
      count,
      added: new Map(),
    };
    watched.push(entry);
    return entry;
  }

  function standInFor(prototype: object, name: string, count: Count): void {
    const descriptor = getOwnPropertyDescriptor(prototype, name);
    const { value: original, writable, configurable } = descriptor ?? {};
    if (typeof original !== 'function' || !writable || !configurable) return;
    const standIn: Method = {
      method(this: object, ...args: unknown[]): unknown {
        const [event] = args;
        // Anything else would have to be asked what it is called.
        if (isOpen && (typeof event === 'string' || typeof event === 'symbol')) {
          try {
            noteAdded(this, event, count, standIn);
          } catch {
            // The listener is added all the same.
          }
        }
        return apply(original, this, args);
      },
    }.method;
    for (const key of ['name', 'length']) {
      defineProperty(standIn, key, getOwnPropertyDescriptor(original, key) ?? {});
    }
    defineProperty(prototype, name, { ...descriptor, value: standIn });
    removals.push(() => {
      noteTakenBack(standIn, original);
      // Whoever has put another one there keeps it, and calls ours, which then only calls Node's.
      if (getOwnPropertyDescriptor(prototype, name)?.value !== standIn) return;
      defineProperty(prototype, name, { ...descriptor, value: beforeTakenBack(original) });
    });
  }

  function close(): void {
    isOpen = false;
    for (const remove of removals) remove();
    removals = [];
  }

  return {
    open() {
      close();
      stacksTaken = 0;
      isOpen = true;
      const { EventEmitter } = getBuiltinModule('node:events') as typeof import('node:events');
      for (const name of EMITTER_METHODS) {
        standInFor(EventEmitter.prototype, name, emitterListeners);
      }
      for (const name of TARGET_METHODS) standInFor(targetPrototype, name, targetListeners);
    },
    close,
    read() {
      const found: WatchedListeners[] = [];
      for (const { id, holder, name, event, count, added } of watched) {
        const emitter = holder.deref();
        if (emitter === undefined || added.size === 0) continue;
        found.push({
          id,
          emitter: name,
          event: String(event),
          count: count(emitter, event),
          added,
        });
      }
      // Others may take the places of those that are gone, or have let go.
      const left = watched.filter(({ holder, event, count }) => {
        const emitter = holder.deref();
        return emitter !== undefined && count(emitter, event) >= MANY;
      });
      watched.splice(0, watched.length, ...left);
      return found;
    },
    forget() {
      watched.length = 0;
    },
  };
}
