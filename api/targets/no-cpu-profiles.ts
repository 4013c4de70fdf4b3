/** Stands in for CPU profiles where none can be taken. */
import type { CpuProfiles } from '../diagnostics/cpu-profiles.ts';
import { DiagnosticsError } from '../errors.ts';

/** @param reason why not, as a sentence without its full stop */
export function noCpuProfiles(reason: string): CpuProfiles {
  return {
    take: async () => {
      throw new DiagnosticsError('UNAVAILABLE', reason);
    },
    running: () => null,
    cancel: () => false,
    list: () => [],
    get: () => null,
    ranSince: () => false,
    stop() {},
  };
}
