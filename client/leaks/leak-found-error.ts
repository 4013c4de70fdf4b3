/** What `expectNoLeaks` throws. */
import type { Growth } from './growth.ts';

/** Growth that went on over the runs. */
export interface Leak extends Growth {
  /** How much more than at the base after each run: bytes of memory, or a number. */
  sizeAfterRuns: number[];
  /** Who holds it, in sentences, most first; absent where nobody asked, or nothing was found. */
  holders?: readonly string[];
  /** Of tasks: whether they can go on, in sentences; absent where nobody asked, or nothing is known. */
  verdicts?: readonly string[];
}

export class LeakFoundError extends Error {
  /** Memory before what is counted, most growth first. */
  readonly leaks: readonly Leak[];

  constructor(message: string, leaks: readonly Leak[]) {
    super(message);
    this.name = 'LeakFoundError';
    this.leaks = leaks;
  }
}
