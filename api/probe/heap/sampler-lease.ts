/**
 * Shares the isolate's one heap sampler between several probes. V8 has a single one, so this is the
 * only state that probes have in common: the first lease starts it and decides its settings,
 * further ones read from it, the last to stop ends it. Copies of this package that were loaded twice
 * do not know each other; the second then finds the sampler taken and says so.
 */
import { createHeapSampler, type HeapSampler, type HeapSamplerOptions } from './sampler.ts';

interface SharedSampler {
  sampler: HeapSampler;
  /** One entry a lease: its own `beforeForcedGc`, if it has one. */
  leases: Set<Pick<HeapSamplerOptions, 'beforeForcedGc'>>;
}

let shared: SharedSampler | null = null;

/** A sampler that behaves as if it were the caller's own. `stop()` may be called repeatedly. */
export function leaseHeapSampler(options: HeapSamplerOptions): HeapSampler {
  shared ??= startShared(options);
  const current = shared;
  const lease = { beforeForcedGc: options.beforeForcedGc };
  current.leases.add(lease);
  return {
    availability: current.sampler.availability,
    read: current.sampler.read,
    sizes: current.sampler.sizes,
    suspend: current.sampler.suspend,
    stop() {
      current.leases.delete(lease);
      if (current.leases.size > 0) return;
      current.sampler.stop();
      if (shared === current) shared = null;
    },
  };
}

function startShared(options: HeapSamplerOptions): SharedSampler {
  const leases: SharedSampler['leases'] = new Set();
  const beforeForcedGc = async () => {
    for (const lease of [...leases]) {
      try {
        await lease.beforeForcedGc?.();
      } catch {
        // What one probe misses must not keep the others from their heap.
      }
    }
  };
  return { sampler: createHeapSampler({ ...options, beforeForcedGc }), leases };
}
