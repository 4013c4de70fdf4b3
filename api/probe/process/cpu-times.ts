import { cpuUsage } from '../../base/builtins.ts';

/** Monotonic CPU time of the whole process since it started. */
export interface CpuTimes {
  userUs: number;
  systemUs: number;
}

/** CPU time of all threads of the process since it started, in microseconds; never falls. */
export function readCpuTimes(): CpuTimes {
  const { user, system } = cpuUsage();
  return { userUs: user, systemUs: system };
}
