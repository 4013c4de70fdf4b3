import type { Environment } from '../options/environment/environment.ts';

/** pm2 runs a program in a file of its own, and tells which one it is: in a variable each, or in one for all. */
export function isOfPm2(env: Environment = process.env): boolean {
  return env.pm2_env !== undefined || env.pm_id !== undefined;
}

/**
 * The file of the program, which is not always the one that Node was started with; null for evaluated code.
 */
export function programFile(
  entryFile: string | null | undefined,
  env: Environment = process.env,
): string | null {
  return env.pm_exec_path ?? fileIn(env.pm2_env) ?? entryFile ?? null;
}

function fileIn(text: string | undefined): string | null {
  if (text === undefined) return null;
  try {
    const file: unknown = JSON.parse(text).pm_exec_path;
    return typeof file === 'string' ? file : null;
  } catch {
    return null;
  }
}
