/**
 * Sees buffers being made, by stand-ins for the functions of `Buffer` that make them, for as long as
 * somebody suspects them. `Uint8Array` and `ArrayBuffer` themselves stay as they are, and nobody sees
 * what Node's native code makes.
 */
import { getBuiltinModule, OwnWeakRef, OwnWeakSet } from '../../base/builtins.ts';
import { wallClockMs } from '../../base/own-time.ts';
import type { StackStore } from '../tasks/stack-capture.ts';
import { BUFFER, type MadeRecord, recordOf } from './record.ts';
import { sampleByBytes } from './sampling.ts';
import { type AnyFunction, type Call, createStandIns } from './stand-ins.ts';

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

const { apply } = Reflect;

export interface BufferWatch {
  /** @returns why it cannot be done; null where it is */
  start(): string | null;
  stop(): void;
}

export interface WatchOptions {
  stacks: StackStore;
  add: (record: MadeRecord) => void;
}

/** @param owner whose functions make them. @default Node's `Buffer` */
export function createBufferWatch(
  { stacks, add }: WatchOptions,
  owner: object = getBuiltinModule('node:buffer').Buffer,
): BufferWatch {
  const sampling = sampleByBytes(INTERVAL_BYTES, MOST_PER_SECOND);
  const standIns = createStandIns(make);
  const known = new OwnWeakSet<object>();
  let isOn = false;
  /** One of these functions calls another. */
  let isInside = false;

  function make({ original, self, args, below }: Call): unknown {
    if (isInside) return apply(original, self, args);
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

  function note(buffer: Uint8Array, source: unknown, below: AnyFunction): void {
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

  return {
    start() {
      if (isOn) return null;
      const refused = standIns.put(owner, MAKERS);
      isOn = refused === null;
      return refused;
    },
    stop() {
      isOn = false;
      standIns.takeBack();
    },
  };
}
