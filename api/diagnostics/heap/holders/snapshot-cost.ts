/** What a heap snapshot will cost, told beforehand: by the size of the heap and its objects. */
import { slownessNow } from './machine-speed.ts';

export interface SnapshotCost {
  /** For how long the program stops. */
  pauseMs: number;
  /** Memory that is taken besides, at most at one time: by V8 in the program, then by the search. */
  memoryBytes: number;
  /** Objects, V8's own included. */
  objects: number;
}

export interface HeapSize {
  usedBytes: number;
  /** Live objects by the heap sampler; null where it was not read. */
  liveObjects: number | null;
  /** Mean bytes between two samples of it. */
  samplingIntervalBytes: number;
}

export interface SnapshotCostEstimator {
  estimate(size: HeapSize): SnapshotCost;
  /** Corrects later estimates by how long one took. */
  learn(size: HeapSize, pauseMs: number): void;
}

/** Measured, on Node 22 to 26: of a program that has hardly begun, and of each object. */
const BASE_OBJECTS = 90_000;
const BASE_HEAP_BYTES = 5_000_000;
const BASE_MS = 50;
const MS_PER_OBJECT = 0.0024;
const MS_PER_OBJECT_ON_NODE_22 = 0.003;
const BASE_BYTES = 20_000_000;
/**
 * Of each object, and again as much as the heap has: of objects that were made together with their arrays the
 * sampler counts one, while V8 has them all. Within half as much of 0.3 to 1.2 GB that heaps of 25 to 230 MB took.
 */
const BYTES_PER_OBJECT = 370;
/** An object of the sampler is some more to V8: its arrays, texts and boxes. */
const OBJECTS_PER_LIVE_OBJECT = 1.3;
/** Small objects, texts and numbers together, as leaks mostly are; larger ones are fewer. */
const LEAST_BYTES_PER_OBJECT = 44;
/** With as many samples, their number tells as much of the objects as the heap's size does. */
const SAMPLES_TO_TRUST = 40;
/** For so long the machine is not looked at again: what somebody has agreed to is still what is estimated. */
const SLOWNESS_AGE_MS = 60_000;

export function createSnapshotCostEstimator(
  slowness: () => number = slownessNow,
  nodeVersion: string = globalThis.process.versions.node,
): SnapshotCostEstimator {
  /** How many times as long as guessed the last one took. */
  let correction = 1;

  const msPerObject =
    Number.parseInt(nodeVersion, 10) < 24 ? MS_PER_OBJECT_ON_NODE_22 : MS_PER_OBJECT;

  function objectsOf({ usedBytes, liveObjects, samplingIntervalBytes }: HeapSize): number {
    const byBytes = Math.max(1, usedBytes - BASE_HEAP_BYTES) / LEAST_BYTES_PER_OBJECT;
    if (liveObjects === null) return Math.round(BASE_OBJECTS + byBytes);
    const bySamples = Math.max(1, Math.min(byBytes, liveObjects * OBJECTS_PER_LIVE_OBJECT));
    const samples = usedBytes / samplingIntervalBytes;
    const trust = samples / (samples + SAMPLES_TO_TRUST);
    return Math.round(BASE_OBJECTS + bySamples ** trust * byBytes ** (1 - trust));
  }

  let looked = { atMs: Number.NEGATIVE_INFINITY, slowness: 1 };
  function slownessLately(): number {
    const atMs = performance.now();
    if (atMs - looked.atMs > SLOWNESS_AGE_MS) looked = { atMs, slowness: slowness() };
    return looked.slowness;
  }

  const guessMs = (size: HeapSize) => (BASE_MS + msPerObject * objectsOf(size)) * slownessLately();

  return {
    estimate(size) {
      const objects = objectsOf(size);
      return {
        pauseMs: Math.round(correction * guessMs(size)),
        memoryBytes: Math.round(BASE_BYTES + BYTES_PER_OBJECT * objects + size.usedBytes),
        objects,
      };
    },
    learn(size, pauseMs) {
      correction = pauseMs / guessMs(size);
    },
  };
}
