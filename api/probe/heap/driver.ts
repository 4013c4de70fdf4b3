/**
 * The native side of the heap sampler: loads @datadog/pprof and hides how its two modes differ.
 *
 * V8 has one sampling heap profiler per isolate, whoever started it. A second start does nothing
 * and says nothing, and anybody's stop stops it. So the driver asks V8 before it starts. What it
 * cannot notice is another tool that stops our sampler and starts its own between two reads.
 */
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type * as HeapProfiler from '@datadog/pprof/out/src/heap-profiler.js';
import type * as HeapBindings from '@datadog/pprof/out/src/heap-profiler-bindings.js';
import { DiagnosticsError } from '../../base/errors.ts';
import { createMemoryMeter, type MemoryMeter } from '../process/memory.ts';

/** From here on V8 also reports what was allocated and is gone. */
const FIRST_NODE_WITH_ALLOCATIONS = 26;

/** A node of V8's call tree; valid only inside the callback of `readTree`. */
export type HeapNode = ReturnType<typeof HeapProfiler.v8Profile>;

export interface HeapDriver {
  /** Whether reads also count dead objects; they then force a full collection. */
  readonly countsAllocations: boolean;
  /** @throws DiagnosticsError `UNAVAILABLE` when somebody else's sampler is running. */
  start(intervalBytes: number, stackDepth: number): void;
  stop(): void;
  /** @throws when the sampler is not running (any more). */
  readTree<T>(use: (root: HeapNode) => T): T;
  heapUsedBytes(): number;
  /** Bytes ever allocated; null where V8 does not count them. */
  allocatedBytes(): number | null;
}

/**
 * Loads the profiler, about 8 ms. Only its heap half: the whole package takes 25 ms.
 * @param memory told what reading allocates. @default one of its own
 * @throws DiagnosticsError `UNAVAILABLE` where there is no binary for this platform and Node.
 */
export function openHeapDriver(memory: MemoryMeter = createMemoryMeter()): HeapDriver {
  const { profiler, bindings } = loadProfiler();
  const countsAllocations =
    Number.parseInt(process.versions.node, 10) >= FIRST_NODE_WITH_ALLOCATIONS;
  return {
    countsAllocations,
    start(intervalBytes, stackDepth) {
      if (isSampling(bindings)) {
        throw new DiagnosticsError(
          'UNAVAILABLE',
          'another tool is already using the heap sampler of this process; stop it, then restart',
        );
      }
      profiler.start(intervalBytes, stackDepth, countsAllocations);
    },
    stop: () => profiler.stop(),
    // `heap.profile()` would restart the sampler and with it every total.
    readTree: (use) =>
      memory.exclude(() =>
        countsAllocations ? use(profiler.v8Profile()) : profiler.v8ProfileV2(use),
      ),
    heapUsedBytes: memory.heapUsedBytes,
    allocatedBytes: memory.allocatedBytes,
  };
}

function loadProfiler(): { profiler: typeof HeapProfiler; bindings: typeof HeapBindings } {
  const require = createRequire(import.meta.url);
  try {
    return {
      profiler: require('@datadog/pprof/out/src/heap-profiler.js'),
      bindings: require('@datadog/pprof/out/src/heap-profiler-bindings.js'),
    };
  } catch (cause) {
    const { platform, arch, version } = process;
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
    return isSampling(loadProfiler().bindings);
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

const ownFiles = new Set([import.meta.url, fileURLToPath(import.meta.url)]);

/** True for this file, below which a stack holds nothing but the work of reading the profile. */
export const isDriverFile = (file: string): boolean => ownFiles.has(file);
