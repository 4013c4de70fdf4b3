/** CPU use of a target between two of its readings. */
import type { Figures } from '../../analyzers/figures.ts';
import type { CpuUsage } from '../../diagnostics/types.ts';

export const UNKNOWN_CPU: CpuUsage = { usagePercent: null, userSeconds: null, systemSeconds: null };

const US_PER_SECOND = 1e6;
const US_PER_MS = 1_000;

/** Gives the use since the call before: nothing known at the first, and after a restart. */
export function createCpuMeter(): (figures: Figures) => CpuUsage {
  let last: Figures | null = null;
  return (figures) => {
    const usage = last === null ? UNKNOWN_CPU : usageBetween(last, figures);
    last = figures;
    return usage;
  };
}

function usageBetween(before: Figures, after: Figures): CpuUsage {
  const elapsedMs = after.takenAtMs - before.takenAtMs;
  if (before.cpu === null || after.cpu === null || elapsedMs <= 0) return UNKNOWN_CPU;
  const userUs = after.cpu.userUs - before.cpu.userUs;
  const isSplit = after.cpu.systemUs !== null;
  const systemUs = (after.cpu.systemUs ?? 0) - (before.cpu.systemUs ?? 0);
  if (userUs < 0 || systemUs < 0) return UNKNOWN_CPU;
  return {
    usagePercent: ((userUs + systemUs) / (elapsedMs * US_PER_MS)) * 100,
    userSeconds: isSplit ? userUs / US_PER_SECOND : null,
    systemSeconds: isSplit ? systemUs / US_PER_SECOND : null,
  };
}
