/** What a heap snapshot will cost, told beforehand: by the objects of the heap and the machine. */
import { type MachineSpeed, machineSpeedNow } from './machine-speed.ts';
import { countObjects, type HeapSize } from './object-count.ts';

export interface SnapshotCost {
  /** For how long the program stops. */
  pauseMs: number;
  /** Of a core, what the program is expected to be given meanwhile, 0 to 1: the rest of the pause it waits. */
  coreShare: number;
  /** Memory that is taken besides, at most at one time: by V8 in the program, then by the search. */
  memoryBytes: number;
  /** Objects, V8's own included. */
  objects: number;
}

export interface SnapshotCostEstimator {
  estimate(size: HeapSize): Promise<SnapshotCost>;
  /**
   * Corrects later estimates by how long one took.
   * @param workMs of its pause, without the time in which the thread waited for a core
   */
  learn(cost: SnapshotCost, workMs: number): void;
}

/**
 * CPU time of an object where there is a million, by the first Node that takes so long; more where there are more, which no
 * cache holds. Of six kinds of leaks, 0.6 and 5 million objects: 2.6 to 2.9 µs on Node 22, 1.6 to 2.4 on 24, 1.7 to 2.5 on 26.
 */
const MICROSECONDS_BY_NODE = [
  [26, 1.92],
  [24, 1.72],
  [0, 2.5],
] as const;
const GROWTH = 0.1;
const MILLION = 1e6;
const BASE_MS = 20;
/**
 * Of each object, and again as much as the heap has: of objects that were made together with their arrays the
 * sampler counts one, while V8 has them all. Of the same leaks 250 to 550.
 */
const BYTES_PER_OBJECT = 390;
const BASE_BYTES = 20_000_000;
/** For so long the machine is not looked at again: what somebody has agreed to is still what is estimated. */
const SPEED_AGE_MS = 60_000;

export function createSnapshotCostEstimator(
  speedNow: () => Promise<MachineSpeed> = machineSpeedNow,
  nodeVersion: string = globalThis.process.versions.node,
): SnapshotCostEstimator {
  /** How many times as much work as guessed the last one was. */
  let correction = 1;
  let looked: { atMs: number; speed: Promise<MachineSpeed> } | null = null;

  const major = Number.parseInt(nodeVersion, 10);
  const [, microseconds] = MICROSECONDS_BY_NODE.find(([from]) => major >= from)!;

  function speedLately(): Promise<MachineSpeed> {
    const atMs = performance.now();
    if (looked === null || atMs - looked.atMs > SPEED_AGE_MS) looked = { atMs, speed: speedNow() };
    return looked.speed;
  }

  const guessMs = (objects: number) =>
    BASE_MS + (microseconds / 1e3) * objects * (objects / MILLION) ** GROWTH;

  return {
    async estimate(size) {
      const objects = countObjects(size);
      const { slowness, coreShare } = await speedLately();
      return {
        pauseMs: Math.round((correction * guessMs(objects) * slowness) / coreShare),
        coreShare,
        memoryBytes: Math.round(BASE_BYTES + BYTES_PER_OBJECT * objects + size.usedBytes),
        objects,
      };
    },
    learn({ pauseMs, coreShare }, workMs) {
      correction *= workMs / (pauseMs * coreShare);
    },
  };
}
