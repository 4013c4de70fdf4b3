/** CPU use of a process between two looks at its CPU time. */
import { US_PER_MS, US_PER_SECOND } from '../../base/numbers/units.ts';
import type { CpuFigures } from '../figures.ts';

/** CPU use over an interval; null where it is not known. */
export interface CpuUsage {
  /** Of one core: 0 to 100 × cores. */
  usagePercent: number | null;
  userSeconds: number | null;
  systemSeconds: number | null;
}

/** CPU time since the process started, and when that was read. */
export interface CpuLook {
  atMs: number;
  /** Null where it is not told. */
  cpu: CpuFigures | null;
}

export const UNKNOWN_CPU: CpuUsage = { usagePercent: null, userSeconds: null, systemSeconds: null };

/**
 * Gives the use since the look before: nothing known at the first, and after a restart.
 * @param shortestMs Over less time than this, CPU use says nothing: what was found before is given again.
 */
export function createCpuMeter({ shortestMs = 0 } = {}): (look: CpuLook) => CpuUsage {
  let last: CpuLook | null = null;
  let usage = UNKNOWN_CPU;
  return (look) => {
    if (last !== null && look.atMs - last.atMs < shortestMs) return usage;
    if (last !== null) usage = usageBetween(last, look);
    last = look;
    return usage;
  };
}

function usageBetween(before: CpuLook, after: CpuLook): CpuUsage {
  const elapsedMs = after.atMs - before.atMs;
  if (before.cpu === null || after.cpu === null || elapsedMs <= 0) return UNKNOWN_CPU;
  const userUs = after.cpu.userUs - before.cpu.userUs;
  const isSplit = after.cpu.systemUs !== null;
  const systemUs = (after.cpu.systemUs ?? 0) - (before.cpu.systemUs ?? 0);
  // It never falls in one process: this is another one.
  if (userUs < 0 || systemUs < 0) return UNKNOWN_CPU;
  return {
    usagePercent: ((userUs + systemUs) / (elapsedMs * US_PER_MS)) * 100,
    userSeconds: isSplit ? userUs / US_PER_SECOND : null,
    systemSeconds: isSplit ? systemUs / US_PER_SECOND : null,
  };
}
