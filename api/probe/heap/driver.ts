/**
 * The native side of the heap sampler: loads @datadog/pprof and hides how its two modes differ.
 *
 * V8 has one sampling heap profiler per isolate, whoever started it. A second start does nothing
 * and says nothing, and anybody's stop stops it. So the driver asks V8 before it starts. What it
 * cannot notice is another tool that stops our sampler and starts its own between two reads.
 */

import { createRequire } from 'node:module';
import type * as HeapBindings from '@datadog/pprof/out/src/heap-profiler-bindings.js';
import { ownProcess } from '../../base/builtins.ts';
import { DiagnosticsError } from '../../base/errors.ts';
import { isOwnFile } from '../../base/files/own-files.ts';
import { createMemoryMeter, type MemoryMeter } from '../process/memory.ts';

/** From here on V8 also reports what was allocated and is gone. */
const FIRST_NODE_WITH_ALLOCATIONS = 26;

/** A node of V8's call tree; valid only inside the callback of `readTree`. */
export type HeapNode = ReturnType<typeof HeapBindings.getAllocationProfile>;

export interface HeapDriver {
  /** Whether reads also count dead objects; they then force a full collection. */
  readonly countsAllocations: boolean;
  /** @throws DiagnosticsError `UNAVAILABLE` when somebody else's sampler is running. */
  start(intervalBytes: number, stackDepth: number): void;
  stop(): void;
  /** False from when another tool has stopped it. */
  isRunning(): boolean;
  /** @throws when the sampler is not running (any more). */
  readTree<T>(use: (root: HeapNode) => T): T;
  heapUsedBytes(): number;
  /** Bytes ever allocated; null where V8 does not count them. */
  allocatedBytes(): number | null;
}

/**
 * Loads the profiler, about 4 ms. Only the binding to its native half: what turns trees into files takes as long again.
 * @param memory told what reading allocates. @default one of its own
 * @throws DiagnosticsError `UNAVAILABLE` where there is no binary for this platform and Node.
 */
export function openHeapDriver(memory: MemoryMeter = createMemoryMeter()): HeapDriver {
  const profiler = loadProfiler();
  const countsAllocations =
    Number.parseInt(ownProcess.versions.node, 10) >= FIRST_NODE_WITH_ALLOCATIONS;
  let isStarted = false;
  return {
    countsAllocations,
    start(intervalBytes, stackDepth) {
      if (isSampling(profiler)) {
        throw new DiagnosticsError(
          'UNAVAILABLE',
          'another tool is already using the heap sampler of this process; stop it, then restart',
        );
      }
      profiler.startSamplingHeapProfiler(intervalBytes, stackDepth, countsAllocations);
      isStarted = true;
    },
    stop() {
      // Another tool's would be stopped as well.
      if (!isStarted) return;
      isStarted = false;
      profiler.stopSamplingHeapProfiler();
    },
    isRunning: () => isStarted && isSampling(profiler),
    // `heap.profile()` would restart the sampler and with it every total.
    readTree: (use) =>
      memory.exclude(() =>
        countsAllocations
          ? use(profiler.getAllocationProfile())
          : profiler.mapAllocationProfile(use),
      ),
    heapUsedBytes: memory.heapUsedBytes,
    allocatedBytes: memory.allocatedBytes,
  };
}

function loadProfiler(): typeof HeapBindings {
  const require = createRequire(import.meta.url);
  try {
    return require('@datadog/pprof/out/src/heap-profiler-bindings.js');
  } catch (cause) {
    const { platform, arch, version } = ownProcess;
    throw new DiagnosticsError(
      'UNAVAILABLE',
      `the heap sampler could not be loaded for Node ${version} on ${platform} ${arch}`,
      { cause },
    );
  }
}

/** Whether anybody's sampler runs in this thread; false where that cannot be told. */
export function isHeapSamplerTaken(): boolean {
  try {
    return isSampling(loadProfiler());
  } catch {
    return false;
  }
}

/** V8 has no question for this, but a read fails when nobody samples. */
function isSampling(bindings: typeof HeapBindings): boolean {
  try {
    bindings.mapAllocationProfile(() => undefined);
    return true;
  } catch (error) {
    return !(error instanceof Error && /not enabled/.test(error.message));
  }
}

/** True for `readTree` above, below which a stack holds nothing but the work of reading the profile. */
export const isReadingOfTree = ({ name = '', scriptName }: HeapNode): boolean =>
  name === 'readTree' && isOwnFile(scriptName);
