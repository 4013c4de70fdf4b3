/** What a crash prints around its goroutines: collected while a dump is read. */

export type CrashKind =
  | 'PANIC'
  | 'FATAL_ERROR'
  | 'ALL_ASLEEP'
  | 'TEST_TIMEOUT'
  | 'RECOVERED_PANIC'
  | 'SIGNAL';

export interface CrashLine {
  kind: CrashKind;
  /** In Go's words, without `panic: `. */
  message: string;
  /** For example `SIGSEGV: segmentation violation code=0x1 addr=0x90 pc=0x1f3d8a1`; null for none. */
  signal: string | null;
  /** Tests that ran when the time was up. */
  tests: string[];
  /** The first goroutine that was printed below it; null for none. */
  goroutineId: number | null;
}

const KEPT_CRASHES = 100;
const KEPT_TESTS = 100;
const MOST_CHARACTERS = 1_000;
const TIMEOUT = /^test timed out after (\S+)/;
const ALL_ASLEEP = 'all goroutines are asleep';
const PATTERNS: readonly { kind: CrashKind; pattern: RegExp }[] = [
  { kind: 'PANIC', pattern: /^panic: (.*)$/ },
  { kind: 'FATAL_ERROR', pattern: /^fatal error: (.*)$/ },
  { kind: 'SIGNAL', pattern: /^(SIG(?:QUIT|ABRT|TRAP|ILL|FPE|BUS|SEGV)\b.*)$/ },
  {
    kind: 'RECOVERED_PANIC',
    pattern:
      /(?:panic serving \S+: |[oO]bserved a panic: |\[?[pP]anic recovered\]?:? |[rR]ecovered (?:from )?(?:a )?panic:? )(.*)$/,
  },
];
const PANIC = /^panic: /;
const OF_SIGNAL = /^(?:runtime error: (?:invalid memory|integer divide)|unexpected )/;
const SIGNAL_LINE = /^\[signal (.*)\]$/;
const TEST = /^\s+(\S+) \([\d.]+[hms]\S*\)$/;

export class CrashLines {
  readonly found: CrashLine[] = [];
  #last: CrashLine | null = null;
  /** Only panics have been noted since the last one that counts. */
  #isRightBelow = false;
  /** The last one was followed by another, of a deferred call. */
  #hasNested = false;

  /** A line outside of every goroutine. */
  note(raw: string): void {
    const line = raw.slice(0, MOST_CHARACTERS).trim();
    const signal = SIGNAL_LINE.exec(line)?.[1];
    if (signal !== undefined) {
      if (this.#last !== null && this.#isSignalOf(this.#last)) this.#last.signal ??= signal;
      return;
    }
    const test = this.#last?.kind === 'TEST_TIMEOUT' ? TEST.exec(raw)?.[1] : undefined;
    if (test !== undefined) {
      if (this.#last!.tests.length < KEPT_TESTS) this.#last!.tests.push(test);
      return;
    }
    // A panic within a deferred call is printed indented below the first one, which is the cause.
    if (this.#isNested(raw, line)) {
      this.#hasNested ||= PANIC.test(line);
      return;
    }
    this.#isRightBelow = false;
    for (const { kind, pattern } of PATTERNS) {
      const message = pattern.exec(line)?.[1];
      if (message === undefined) continue;
      this.#add(kindOf(kind, message), unquoted(message.replace(/ \[recovered\]$/, '')));
      return;
    }
  }

  /** Also where the indentation was lost. */
  #isNested(raw: string, line: string): boolean {
    if (this.#last === null || this.#last.goroutineId !== null) return false;
    return /^\s/.test(raw) || (this.#isRightBelow && PANIC.test(line));
  }

  /** It came of the last panic; of an earlier one only where that speaks of it. */
  #isSignalOf({ message }: CrashLine): boolean {
    return !this.#hasNested || OF_SIGNAL.test(message);
  }

  noteGoroutine(id: number): void {
    if (this.#last !== null) this.#last.goroutineId ??= id;
  }

  /** Those noted since the last line were quoted by it. */
  forgetGoroutine(): void {
    if (this.#last !== null) this.#last.goroutineId = null;
  }

  /** What another writer writes is about its own crash. */
  endPart(): void {
    this.#last = null;
  }

  #add(kind: CrashKind, message: string): void {
    this.#last = { kind, message, signal: null, tests: [], goroutineId: null };
    this.#isRightBelow = kind === 'PANIC';
    this.#hasNested = false;
    if (this.found.length < KEPT_CRASHES) this.found.push(this.#last);
  }
}

function kindOf(kind: CrashKind, message: string): CrashKind {
  if (kind === 'PANIC' && TIMEOUT.test(message)) return 'TEST_TIMEOUT';
  return kind === 'FATAL_ERROR' && message.startsWith(ALL_ASLEEP) ? 'ALL_ASLEEP' : kind;
}

/** Some loggers quote it, and the quote may have been cut. */
function unquoted(message: string): string {
  return message.replace(/^"([^"]*)"?$/, '$1');
}
