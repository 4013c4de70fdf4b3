/**
 * Sees buffers being made, by stand-ins for the functions of `Buffer` that make them. `Uint8Array` and
 * `ArrayBuffer` themselves stay as they are, and nobody sees what Node's native code makes.
 */
import { getBuiltinModule, OwnWeakSet } from '../../../base/builtins.ts';
import { wallClockMs } from '../../../base/own-time.ts';
import { createWorkMeter } from '../../overhead/work-meter.ts';
import type { StackHolder, StackStore } from '../../tasks/stack-store.ts';
import type { MadeRecord } from '../record.ts';
import { sampleByBytes } from '../sampling.ts';
import { type AnyFunction, createQuickStandIns } from './stand-ins.ts';

const MAKERS = [
  'alloc',
  'allocUnsafe',
  'allocUnsafeSlow',
  'concat',
  'from',
  'copyBytesFrom',
] as const;

/** Within a fifth from 10 MB on takes some hundred samples. One takes some 5 µs, below the frames of a web framework 20. */
const SAMPLING = {
  intervalBytes: 64 * 1024,
  mostPerSecond: 200,
  mostBytesPerSecond: 64 * 1024 ** 2,
};

export interface SampledBuffer {
  /** How many of its size it stands for. */
  weight: number;
  bytes: number;
  madeAtMs: number;
  /** What is there for as long as the bytes are. */
  thing: object;
  holder: StackHolder;
}

export interface BufferSampler {
  /** @returns why it cannot be done; null where it is */
  start(): string | null;
  /** Samples finer again where little was made lately. @returns whether it is as fine as it gets */
  relax(): boolean;
  /** Mean bytes between two samples, now. */
  intervalBytes(): number;
  /** Milliseconds that samples have taken on this thread since the start; an estimate. */
  spentMs(): number;
  stop(): void;
}

export interface BufferSamplerOptions {
  stacks: StackStore;
  onSample: (sampled: SampledBuffer) => void;
}

export interface WatchOptions {
  stacks: StackStore;
  add: (record: MadeRecord) => void;
}

/** @param owner whose functions make them. @default Node's `Buffer` */
export function createBufferSampler(
  { stacks, onSample }: BufferSamplerOptions,
  owner: object = getBuiltinModule('node:buffer').Buffer,
): BufferSampler {
  const sampling = sampleByBytes(SAMPLING);
  const standIns = createQuickStandIns(note);
  const work = createWorkMeter({ timedOneIn: 8, initialMs: 0.01 });
  const known = new OwnWeakSet<object>();
  let isOn = false;

  /** The hot path: nearly all of them are passed over here. */
  function note(buffer: unknown, args: readonly unknown[], below: AnyFunction): void {
    const { byteLength: bytes } = buffer as Uint8Array;
    if (!sampling.isNext(bytes)) return;
    const startedAtMs = work.begin();
    take(buffer as Uint8Array, args[0], below);
    work.end(startedAtMs);
  }

  function take(buffer: Uint8Array, source: unknown, below: AnyFunction): void {
    const { byteLength: bytes, buffer: store } = buffer;
    const madeAtMs = wallClockMs();
    const weight = sampling.weightOf(bytes, madeAtMs);
    // Of a store that was there before, such as the body of an answer, only the first to lay a buffer over it counts.
    if (store === source && known.has(store)) return;
    known.add(store);
    // Small ones share a store, which tells nothing of any of them.
    const thing = store.byteLength > bytes ? buffer : store;
    onSample({ weight, bytes, madeAtMs, thing, holder: stacks.takeDeep(below) });
  }

  return {
    start() {
      if (isOn) return null;
      const refused = standIns.put(owner, MAKERS);
      isOn = refused === null;
      return refused;
    },
    relax: () => sampling.relax(wallClockMs()),
    intervalBytes: sampling.intervalBytes,
    spentMs: work.totalMs,
    stop() {
      isOn = false;
      standIns.takeBack();
    },
  };
}
