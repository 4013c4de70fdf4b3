/** What a heap snapshot will cost, told beforehand: by the size of the heap and its objects. */
import { availableParallelism, loadavg } from 'node:os';

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
}

export interface SnapshotCostEstimator {
  estimate(size: HeapSize): SnapshotCost;
  /** Corrects later estimates by how long one took. */
  learn(size: HeapSize, pauseMs: number): void;
}

/** Measured, on Node 22 to 26: of a program that has hardly begun, and of each object. */
const BASE_OBJECTS = 90_000;
const BASE_MS = 200;
const MS_PER_OBJECT = 0.004;
const BASE_BYTES = 20_000_000;
/**
 * Of each object, and again as much as the heap has: of objects that were made together with their arrays the
 * sampler counts one, while V8 has them all. Within half as much of 0.3 to 1.2 GB that heaps of 25 to 230 MB took.
 */
const BYTES_PER_OBJECT = 370;
/** An object of the sampler is some more to V8: its arrays, texts and boxes. */
const OBJECTS_PER_LIVE_OBJECT = 1.3;
const LEAST_BYTES_PER_OBJECT = 56;
/** On a machine with more to do than cores it takes the root of that many times as long, up to here. */
const MOST_CROWDED = 16;

export function createSnapshotCostEstimator(
  crowdOf: () => number = () => loadavg()[0]! / availableParallelism(),
): SnapshotCostEstimator {
  /** How many times as long as guessed the last one took. */
  let correction = 1;

  function objectsOf({ usedBytes, liveObjects }: HeapSize): number {
    const byBytes = usedBytes / LEAST_BYTES_PER_OBJECT;
    if (liveObjects === null) return Math.round(BASE_OBJECTS + byBytes);
    return Math.round(BASE_OBJECTS + Math.min(byBytes, liveObjects * OBJECTS_PER_LIVE_OBJECT));
  }

  function guessMs(size: HeapSize): number {
    const crowd = Math.sqrt(Math.min(MOST_CROWDED, Math.max(1, crowdOf())));
    return (BASE_MS + MS_PER_OBJECT * objectsOf(size)) * crowd;
  }

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
