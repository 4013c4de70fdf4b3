/** Samples the heap of this isolate for as long as it lives, in bounded memory and bounded pauses. */

import { ownProcess } from '../../base/builtins.ts';
import { DiagnosticsError } from '../../base/errors.ts';
import { math } from '../../base/numbers/math.ts';
import { clearInterval, setInterval, threadClockMs, wallClockMs } from '../../base/own-time.ts';
import { settled } from '../../base/waiting/settled.ts';
import { singleFlight } from '../../base/waiting/single-flight.ts';
import { createPauseBudget, type PauseBudget } from '../overhead/pauses/pause-budget.ts';
import type { HeapAvailability, HeapReading } from '../readings/memory/heap.ts';
import type { SampledSizes } from '../readings/memory/heap-snapshot.ts';
import { type HeapDriver, openHeapDriver } from './driver.ts';
import { type RotatingHeap, startRotatingHeap } from './rotation/rotating-heap.ts';

/** Deeper frames of a sampled stack are lost. */
const DEFAULT_STACK_DEPTH = 64;

/** About 20 MB in V8, and 20 ms a read (measured: 100 bytes and 0.1 us a sample). */
const DEFAULT_MAX_SAMPLES = 200_000;

/** How often the number of samples is estimated. */
const DEFAULT_CHECK_INTERVAL_MS = 5_000;

const FAILED_TO_START = 'the heap sampler failed to start';
const STOPPED = 'the heap sampler was stopped with the diagnostics';
const LOST =
  'the heap sampler cannot be read any more, another tool may have stopped it; restart the process';
const LIVE_OBJECTS_ONLY = `Node ${ownProcess.version} counts live objects only, what was allocated since start needs Node 26 or later; takeAllocationProfile and /debug/pprof/allocs?seconds= tell what is allocated in a stretch of time here too`;

/** An allocation profile ends when it is meant to or earlier. */
const SUSPENDED_REST_MS = 1_000;

type TakenReading = Omit<HeapReading, 'nextReadAtMs'>;

export interface HeapSamplerOptions {
  /** Mean bytes between two samples, at the start. */
  samplingIntervalBytes: number;
  /** Share of wall time that reads may stop the loop, in percent. */
  pauseBudgetPercent: number;
  /** Shared with whatever else stops it. @default one of its own */
  budget?: PauseBudget;
  /** Frames a stack keeps. @default 64 */
  stackDepth?: number;
  /** Samples V8 may hold before the sampler is restarted with a coarser interval. @default 200_000 */
  maxSamples?: number;
  /** Milliseconds between two checks of that. @default 5_000 */
  checkIntervalMs?: number;
  /** Awaited before a read that forces a full collection. */
  beforeForcedGc?: () => Promise<void>;
  /** Monotonic clock. @default threadClockMs */
  nowMs?: () => number;
  /** Gives V8's sampler, or throws the reason why there is none. @default openHeapDriver */
  openDriver?: () => HeapDriver;
}

export interface HeapSampler {
  availability(): HeapAvailability;
  /**
   * The call tree now, or the last one while the pause budget is spent (see `collectedAtMs`).
   * Concurrent calls share one read. Where dead objects are counted, a read forces a full
   * collection: 3-12 ms on a small heap, 60-110 ms at 100 MB live, 250-400 ms at 600 MB. Elsewhere it
   * takes under 1 ms (1 ms per 1,000 nodes of the call tree), and dead objects that are not yet
   * collected count as live.
   * @throws DiagnosticsError `UNAVAILABLE`, with the reason `availability().inuse` gives
   */
  read(): Promise<HeapReading>;
  /** Samples by stack and size, at once; null where there is no sampler. Forces a collection where `read` does. */
  sizes(): SampledSizes | null;
  /**
   * Gives V8's one sampler to somebody else for a while, right after a collection: until then the last
   * reading is served. Does nothing where there is no sampler.
   * @returns what takes it back
   * @throws DiagnosticsError `PROFILE_ALREADY_RUNNING` where somebody else has it
   */
  suspend(): () => void;
  stop(): void;
}

/** Starts the sampler. Never throws: what does not work is told by `availability()`. */
export function createHeapSampler(options: HeapSamplerOptions): HeapSampler {
  const nowMs = options.nowMs ?? threadClockMs;
  const budget = options.budget ?? createPauseBudget(options.pauseBudgetPercent, nowMs);
  let heap: RotatingHeap | null = null;
  let countsAllocations = false;
  /** Why there is no `heap`; null while there is one. */
  let unavailable: string | null = null;
  let last: TakenReading | null = null;
  let isSuspended = false;
  let check: NodeJS.Timeout | undefined;

  function start(driver: HeapDriver): void {
    heap = startRotatingHeap(driver, {
      samplingIntervalBytes: options.samplingIntervalBytes,
      stackDepth: options.stackDepth ?? DEFAULT_STACK_DEPTH,
      maxSamples: options.maxSamples ?? DEFAULT_MAX_SAMPLES,
    });
    countsAllocations = driver.countsAllocations;
    // Every read restarts a full sampler; this is for programs that nobody asks anything.
    const readWhenFull = () => {
      if (!isSuspended && heap?.isFull()) void settled(read());
    };
    check = setInterval(readWhenFull, options.checkIntervalMs ?? DEFAULT_CHECK_INTERVAL_MS).unref();
  }

  function stopBecause(reason: string): void {
    clearInterval(check);
    // Whoever has it meanwhile keeps it.
    if (!isSuspended) heap?.stop();
    heap = null;
    unavailable ??= reason;
  }

  function unavailableError(cause?: unknown): DiagnosticsError {
    return new DiagnosticsError('UNAVAILABLE', unavailable ?? STOPPED, { cause });
  }

  function readNow(running: RotatingHeap): TakenReading {
    const end = budget.begin();
    const columns = running.read();
    const { pauseMs } = end();
    return { ...columns, collectedAtMs: wallClockMs(), pauseMs };
  }

  function told(reading: TakenReading): HeapReading {
    const restMs = math.max(budget.restMs(), isSuspended ? SUSPENDED_REST_MS : 0);
    return { ...reading, nextReadAtMs: wallClockMs() + restMs };
  }

  const collect = singleFlight(async (): Promise<TakenReading> => {
    // What it does for accuracy must not cost the reading.
    if (countsAllocations) await settled(options.beforeForcedGc?.());
    if (heap === null) throw unavailableError();
    try {
      last = readNow(heap);
      return last;
    } catch (cause) {
      // It failed in something else, such as a built-in that the program has replaced: the next read may do.
      if (heap.isRunning()) throw cause;
      stopBecause(LOST);
      throw unavailableError(cause);
    }
  });

  async function read(): Promise<HeapReading> {
    if (heap === null) throw unavailableError();
    if (last !== null && (isSuspended || !budget.allows())) return told(last);
    return told(await collect());
  }

  function suspend(): () => void {
    if (isSuspended) throw takenError();
    if (heap === null) return () => {};
    const suspended = heap;
    const startedAtMs = nowMs();
    const columns = suspended.suspend();
    const pauseMs = nowMs() - startedAtMs;
    last = { ...columns, collectedAtMs: wallClockMs(), pauseMs };
    isSuspended = true;
    return () => {
      if (!isSuspended) return;
      isSuspended = false;
      if (heap !== suspended) return;
      try {
        suspended.resume();
      } catch {
        stopBecause(LOST);
      }
    };
  }

  try {
    start((options.openDriver ?? openHeapDriver)());
  } catch (error) {
    stopBecause(error instanceof DiagnosticsError ? error.message : FAILED_TO_START);
  }

  return {
    availability: () => ({
      inuse: unavailable,
      cumulative: unavailable ?? (countsAllocations ? null : LIVE_OBJECTS_ONLY),
    }),
    read,
    sizes() {
      try {
        return heap?.sizes() ?? null;
      } catch {
        // Another tool has stopped it, which the next read tells.
        return null;
      }
    },
    suspend,
    stop: () => stopBecause(STOPPED),
  };
}

function takenError(): DiagnosticsError {
  return new DiagnosticsError(
    'PROFILE_ALREADY_RUNNING',
    'an allocation profile has the heap sampler; wait for its end',
  );
}
