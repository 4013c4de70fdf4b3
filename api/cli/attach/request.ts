/** What `attach` and `detach` have in common: whom they are asked for, and how they fail. */
import { DiagnosticsError } from '../../base/errors.ts';

const EXIT_FAILED = 1;

/** Null for anything but one pid. */
export function readPid(words: readonly string[]): number | null {
  const [word = ''] = words;
  return words.length === 1 && /^[1-9]\d{0,9}$/.test(word) ? Number(word) : null;
}

/** One line with the code at its end. @returns the exit code */
export function tellFailure(error: unknown): number {
  const code = error instanceof DiagnosticsError ? ` (${error.code})` : '';
  console.error(`pprofql: ${error instanceof Error ? error.message : String(error)}${code}`);
  return EXIT_FAILED;
}
