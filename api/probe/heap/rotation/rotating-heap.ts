/** A heap sampler that runs for good in bounded memory: when full it restarts, and carries its totals over. */

import { math } from '../../../base/numbers/math.ts';
import type { HeapReading } from '../../readings/memory/heap.ts';
import type { SampledSizes } from '../../readings/memory/heap-snapshot.ts';
import { type HeapDriver, isReadingOfTree } from '../driver.ts';
import { sampledSizes } from '../tree/sizes.ts';
import { flattenHeapTree } from '../tree/tree.ts';
import { type CarriedHeap, carryHeap, NOTHING_CARRIED } from './carried-heap.ts';

/** A restart doubles the interval, up to this multiple: beyond it live sizes would be guesses. */
const COARSEST_FACTOR = 8;

export interface RotatingHeapOptions {
  /** Mean bytes between two samples, at the start. */
  samplingIntervalBytes: number;
  stackDepth: number;
  /** Samples V8 may hold before the next read restarts it. */
  maxSamples: number;
}

export interface RotatingHeap {
  /** Stops the loop for as long as it takes. @throws when the sampler is not running (any more) */
  read(): Omit<HeapReading, 'collectedAtMs' | 'pauseMs' | 'nextReadAtMs'>;
  /** The samples that V8 holds now: of what was made since the last restart. @throws as `read` */
  sizes(): SampledSizes;
  /** Whether the next read will restart the sampler. */
  isFull(): boolean;
  /** False from when another tool has stopped the sampler. */
  isRunning(): boolean;
  /**
   * Stops the sampler for a while. What it holds is carried over; what is allocated meanwhile it never
   * sees. To be called right after a collection.
   */
  suspend(): Omit<HeapReading, 'collectedAtMs' | 'pauseMs' | 'nextReadAtMs'>;
  /** @throws DiagnosticsError `UNAVAILABLE` when somebody else's sampler is running */
  resume(): void;
  stop(): void;
}

/** @throws DiagnosticsError `UNAVAILABLE` when somebody else's sampler is running */
export function startRotatingHeap(driver: HeapDriver, options: RotatingHeapOptions): RotatingHeap {
  const coarsestIntervalBytes = options.samplingIntervalBytes * COARSEST_FACTOR;
  let intervalBytes = options.samplingIntervalBytes;
  let allocatedAtStartBytes = 0;
  let rotations = 0;
  let carried: CarriedHeap = NOTHING_CARRIED;

  function start(): void {
    driver.start(intervalBytes, options.stackDepth);
    allocatedAtStartBytes = driver.allocatedBytes() ?? 0;
  }

  function restart(): void {
    driver.stop();
    intervalBytes = math.min(intervalBytes * 2, coarsestIntervalBytes);
    rotations += 1;
    start();
  }

  /** V8 keeps samples of dead objects until it stops; where it takes none, it holds live ones only. */
  function isFull(): boolean {
    if (!driver.countsAllocations) return false;
    const bytes = (driver.allocatedBytes() ?? 0) - allocatedAtStartBytes;
    return bytes / intervalBytes >= options.maxSamples;
  }

  function read() {
    const sinceRestart = driver.readTree((root) =>
      flattenHeapTree(root, isReadingOfTree, intervalBytes),
    );
    const heapUsedBytes = driver.heapUsedBytes();
    const columns = carried.addTo(sinceRestart, heapUsedBytes);
    const reading = {
      ...columns,
      cumulative: driver.countsAllocations,
      samplingIntervalBytes: intervalBytes,
      rotations,
    };
    return { reading, columns, heapUsedBytes };
  }

  start();
  return {
    read() {
      const { reading, columns, heapUsedBytes } = read();
      if (isFull()) {
        carried = carryHeap(columns, heapUsedBytes);
        restart();
      }
      return reading;
    },
    sizes: () => driver.readTree((root) => sampledSizes(root, intervalBytes)),
    isFull,
    isRunning: driver.isRunning,
    suspend() {
      const { reading, columns, heapUsedBytes } = read();
      carried = carryHeap(columns, heapUsedBytes);
      driver.stop();
      return reading;
    },
    resume() {
      rotations += 1;
      start();
    },
    stop: () => driver.stop(),
  };
}
