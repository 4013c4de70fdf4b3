/** Constant facts about the observed process. */
export interface ProcessReading {
  pid: number;
  /** New for each observer: tells a restarted process from the same one. */
  instanceId: string;
  startedAtMs: number;
  nodeVersion: string;
  v8Version: string;
  platform: string;
  arch: string;
  /** Basename of the program and its arguments count; arguments may hold secrets and stay out. */
  title: string;
  /** Path of the script it was started with; absent where there is none, as with `--eval`. */
  entryFile?: string;
  cwd: string;
  cpuCount: number;
  availableParallelism: number;
  /** Parts of the probe that could not start, with the reason of each; absent when all did. */
  failedParts?: Record<string, string>;
}
