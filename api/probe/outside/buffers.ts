/**
 * Sees buffers being made, by stand-ins in the place of the functions of `Buffer` that make them, for
 * as long as somebody suspects them. `Uint8Array` and `ArrayBuffer` themselves stay as they are, and
 * nobody sees what Node's native code makes.
 *
 * A stand-in is a proxy: name, length, properties and errors are those of the function itself.
 */
import { getBuiltinModule, OwnWeakRef, OwnWeakSet } from '../../base/builtins.ts';
import { wallClockMs } from '../../base/own-time.ts';
import type { StackStore } from '../tasks/stack-capture.ts';
import { BUFFER, type MadeRecord, recordOf } from './record.ts';
import { sampleByBytes } from './sampling.ts';

const MAKERS = [
  'alloc',
  'allocUnsafe',
  'allocUnsafeSlow',
  'concat',
  'from',
  'copyBytesFrom',
] as const;

const INTERVAL_BYTES = 64 * 1024;
const MOST_PER_SECOND = 60;

const { apply, defineProperty, getOwnPropertyDescriptor } = Reflect;
const { isFrozen } = Object;
const OwnProxy = Proxy;

type Maker = (...args: unknown[]) => unknown;

export interface BufferWatch {
  /** @returns why it cannot be done; null where it is */
  start(): string | null;
  stop(): void;
}

export function createBufferWatch(
  stacks: StackStore,
  add: (record: MadeRecord) => void,
): BufferWatch {
  const sampling = sampleByBytes(INTERVAL_BYTES, MOST_PER_SECOND);
  const standIns = new Map<string, { original: Maker; standIn: Maker }>();
  const known = new OwnWeakSet<object>();
  let isOn = false;
  /** One of these functions calls another. */
  let isInside = false;

  function made(original: Maker, self: unknown, args: unknown[], below: Maker): unknown {
    if (!isOn || isInside) return apply(original, self, args);
    isInside = true;
    let buffer: unknown;
    try {
      buffer = apply(original, self, args);
    } finally {
      isInside = false;
    }
    try {
      note(buffer as Uint8Array, args[0], below);
    } catch {
      // Whatever went wrong, the program has its buffer.
    }
    return buffer;
  }

  function note(buffer: Uint8Array, source: unknown, below: Maker): void {
    const { byteLength: bytes } = buffer;
    // The hot path: nearly all of them are passed over here.
    if (!sampling.isNext(bytes)) return;
    const madeAtMs = wallClockMs();
    const weight = sampling.weightOf(bytes, madeAtMs);
    const { buffer: store } = buffer;
    // Of a store that was there before, such as the body of an answer, only the first to lay a buffer over it counts.
    if (store === source && known.has(store)) return;
    known.add(store);
    // Small ones share a store, which tells nothing of any of them.
    const thing = store.byteLength > bytes ? buffer : store;
    const holder = stacks.captureDeep(below);
    add(recordOf({ kind: BUFFER, weight, bytes, madeAtMs, holder, ref: new OwnWeakRef(thing) }));
  }

  function standInFor(original: Maker): Maker {
    const handler = {
      apply(target: Maker, self: unknown, args: unknown[]): unknown {
        return made(target, self, args, handler.apply as Maker);
      },
    };
    return new OwnProxy(original, handler);
  }

  function replace(): string | null {
    if (isFrozen(Array.prototype)) return 'the built-ins of this process are frozen';
    const { Buffer: Owner } = getBuiltinModule('node:buffer');
    for (const name of MAKERS) {
      const known = getOwnPropertyDescriptor(Owner, name);
      if (typeof known?.value !== 'function') continue;
      const original = known.value as Maker;
      const standIn = standInFor(original);
      if (!known.configurable || !defineProperty(Owner, name, { ...known, value: standIn })) {
        putBack();
        return 'Buffer is frozen in this process';
      }
      standIns.set(name, { original, standIn });
    }
    return null;
  }

  /** Where the program has put its own in the place of ours meanwhile, that stays. */
  function putBack(): void {
    const { Buffer: Owner } = getBuiltinModule('node:buffer');
    for (const [name, { original, standIn }] of standIns) {
      const known = getOwnPropertyDescriptor(Owner, name);
      if (known?.value === standIn) defineProperty(Owner, name, { ...known, value: original });
    }
    standIns.clear();
  }

  return {
    start() {
      if (isOn) return null;
      const refused = replace();
      isOn = refused === null;
      return refused;
    },
    stop() {
      if (!isOn) return;
      isOn = false;
      putBack();
    },
  };
}
