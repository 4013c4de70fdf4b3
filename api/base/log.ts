import { writeSync } from 'node:fs';

const STDERR_FD = 2;

/**
 * One line on stderr, written at once: it must appear although the observed thread is blocked, and
 * `process.stderr` of a worker goes through that thread. Never throws.
 */
export function logLine(message: string): void {
  try {
    writeSync(STDERR_FD, `pprofql: ${message}\n`);
  } catch {
    // stderr is closed or full: diagnostics must not end the program for the sake of a line.
  }
}
