/** Samples the heap of this isolate for as long as it lives, in bounded memory and bounded pauses. */
import { performance } from 'node:perf_hooks';
import { DiagnosticsError } from '../errors.ts';
import { type CarriedHeap, carryHeap, NOTHING_CARRIED } from './carried-heap.ts';
import { type HeapDriver, isDriverFile, openHeapDriver } from './heap-driver.ts';
import { flattenHeapTree } from './heap-tree.ts';
import { createPauseBudget } from './pause-budget.ts';
import type { HeapAvailability, HeapReading } from './probe.ts';

/** Deeper frames of a sampled stack are lost. */
const DEFAULT_STACK_DEPTH = 64;

/** About 20 MB in V8, and 20 ms a read (measured: 100 bytes and 0.1 us a sample). */
const DEFAULT_MAX_SAMPLES = 200_000;

/** How often the number of samples is estimated. */
const DEFAULT_CHECK_INTERVAL_MS = 5_000;

/** A restart doubles the interval, up to this multiple: beyond it live sizes would be guesses. */
const COARSEST_FACTOR = 8;

export interface HeapSamplerOptions {
  /** Mean bytes between two samples, at the start. */
  samplingIntervalBytes: number;
  /** Share of wall time that reads may stop the loop, in percent. */
  pauseBudgetPercent: number;
  /** Frames a stack keeps. @default 64 */
  stackDepth?: number;
  /** Samples V8 may hold before the sampler is restarted with a coarser interval. @default 200_000 */
  maxSamples?: number;
  /** Milliseconds between two checks of that. @default 5_000 */
  checkIntervalMs?: number;
  /** Awaited before a read that forces a full collection. */
  beforeForcedGc?: () => Promise<void>;
  /** Monotonic clock. @default performance.now */
  nowMs?: () => number;
  /** Gives V8's sampler, or throws the reason why there is none. @default openHeapDriver */
  openDriver?: () => HeapDriver;
}

export interface HeapSampler {
  availability(): HeapAvailability;
  /**
   * The call tree now, or the last one while the pause budget is spent (see `collectedAtMs`).
   * Concurrent calls share one read. Where dead objects are counted, a read forces a full
   * collection: 3 ms on a small heap, 60 ms at 100 MB live and 250 ms at 600 MB; elsewhere it takes
   * 1 ms, and objects that are dead but not yet collected count as live.
   * @throws DiagnosticsError `UNAVAILABLE`, with the reason `availability().inuse` gives
   */
  read(): Promise<HeapReading>;
  stop(): void;
}

/** Starts the sampler. Never throws: what does not work is told by `availability()`. */
export function createHeapSampler(options: HeapSamplerOptions): HeapSampler {
  const nowMs = options.nowMs ?? (() => performance.now());
  const stackDepth = options.stackDepth ?? DEFAULT_STACK_DEPTH;
  const maxSamples = options.maxSamples ?? DEFAULT_MAX_SAMPLES;
  const checkIntervalMs = options.checkIntervalMs ?? DEFAULT_CHECK_INTERVAL_MS;
  const budget = createPauseBudget(options.pauseBudgetPercent, nowMs);
  const coarsestIntervalBytes = options.samplingIntervalBytes * COARSEST_FACTOR;

  let driver: HeapDriver | null = null;
  let unavailable: string | null = null;
  let intervalBytes = options.samplingIntervalBytes;
  let allocatedAtStartBytes = 0;
  let rotations = 0;
  let carried: CarriedHeap = NOTHING_CARRIED;
  let last: HeapReading | null = null;
  let underWay: Promise<HeapReading> | null = null;
  let check: NodeJS.Timeout | undefined;

  function start(opened: HeapDriver): void {
    opened.start(intervalBytes, stackDepth);
    allocatedAtStartBytes = opened.allocatedBytes() ?? 0;
    driver = opened;
  }

  function stopFor(reason: string): void {
    unavailable = reason;
    clearInterval(check);
    driver?.stop();
    driver = null;
  }

  /** V8 keeps the samples of dead objects until the sampler stops, those of live ones only as long as they live. */
  function isFull({ countsAllocations, allocatedBytes }: HeapDriver): boolean {
    if (!countsAllocations) return false;
    const bytes = (allocatedBytes() ?? 0) - allocatedAtStartBytes;
    return bytes / intervalBytes >= maxSamples;
  }

  function readNow(running: HeapDriver): HeapReading {
    const startedAtMs = nowMs();
    const sinceRestart = running.readTree((root) => flattenHeapTree(root, isDriverFile));
    const heapUsedBytes = running.heapUsedBytes();
    const columns = carried.addTo(sinceRestart, heapUsedBytes);
    const reading = { ...columns, samplingIntervalBytes: intervalBytes, rotations };
    if (isFull(running)) {
      carried = carryHeap(columns, heapUsedBytes);
      restart(running);
    }
    const pauseMs = nowMs() - startedAtMs;
    budget.spend(pauseMs);
    return {
      ...reading,
      collectedAtMs: Date.now(),
      pauseMs,
      cumulative: running.countsAllocations,
    };
  }

  function restart(running: HeapDriver): void {
    running.stop();
    intervalBytes = Math.min(intervalBytes * 2, coarsestIntervalBytes);
    rotations += 1;
    start(running);
  }

  async function collect(): Promise<HeapReading> {
    // What it does for accuracy must not cost the reading.
    if (driver?.countsAllocations) await options.beforeForcedGc?.().catch(() => undefined);
    if (driver === null) throw unavailableError();
    try {
      last = readNow(driver);
      return last;
    } catch (cause) {
      stopFor(
        'the heap sampler cannot be read any more, another tool may have stopped it; restart the process',
      );
      throw unavailableError(cause);
    }
  }

  function unavailableError(cause?: unknown): DiagnosticsError {
    return new DiagnosticsError('UNAVAILABLE', unavailable ?? 'the heap sampler is off', { cause });
  }

  async function read(): Promise<HeapReading> {
    if (driver === null) throw unavailableError();
    if (last !== null && !budget.allows()) return last;
    underWay ??= collect().finally(() => {
      underWay = null;
    });
    return underWay;
  }

  /** Every read restarts a full sampler; this is for programs that nobody asks anything. */
  function restartWhenFull(): void {
    if (driver !== null && isFull(driver)) read().catch(() => undefined);
  }

  try {
    const opened = (options.openDriver ?? openHeapDriver)();
    start(opened);
    if (opened.countsAllocations) check = setInterval(restartWhenFull, checkIntervalMs).unref();
  } catch (error) {
    stopFor(error instanceof DiagnosticsError ? error.message : 'the heap sampler failed to start');
  }

  return {
    availability: () => ({
      inuse: unavailable,
      cumulative: unavailable ?? (driver?.countsAllocations ? null : noAllocations()),
    }),
    read,
    stop: () => {
      unavailable ??= 'the diagnostics were stopped';
      stopFor(unavailable);
    },
  };
}

const noAllocations = () =>
  `Node ${process.version} counts live objects only; cumulative allocations need Node 26 or later`;
