/** What is about to happen to a program is agreed to first. */
import { createInterface } from 'node:readline/promises';
import { isatty } from 'node:tty';
import { DiagnosticsError } from '../../base/errors.ts';

const STDIN_FD = 0;

/** @throws DiagnosticsError `NOT_CONFIRMED` where the answer is not yes, or nobody can be asked */
export async function confirm(warning: string): Promise<void> {
  if (!isatty(STDIN_FD)) {
    throw new DiagnosticsError('NOT_CONFIRMED', `${warning} Nothing was done; --yes agrees to it`);
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question(`pprofql: ${warning}\nGo on? [y/N] `);
    if (/^y(es)?$/i.test(answer.trim())) return;
  } finally {
    terminal.close();
  }
  throw new DiagnosticsError('NOT_CONFIRMED', 'nothing was done');
}
