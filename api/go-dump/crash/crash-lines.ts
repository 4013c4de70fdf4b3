/** What a crash prints around its goroutines: collected while a dump is read. */
import type { Frame } from '../../profile/profile.ts';
import { functionOf, isPlace, placeOf } from '../stacks/frame.ts';
import { signalOf } from './signals.ts';

export type CrashKind =
  | 'PANIC'
  | 'FATAL_ERROR'
  | 'ALL_ASLEEP'
  | 'TEST_TIMEOUT'
  | 'RECOVERED_PANIC'
  | 'LEAKED'
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
  /** It came of the runtime's own stack, which was printed first: no goroutine need have to do with it. */
  isOfRuntime: boolean;
  /** It came while C ran, that the first goroutine below has called. */
  isInC: boolean;
  /** Windows: where it happened, printed without a header; empty for none. */
  frames: Frame[];
}

const KEPT_CRASHES = 100;
const KEPT_TESTS = 100;
const MOST_CHARACTERS = 1_000;
const MOST_FRAMES = 100;
/** Of a message with several lines. */
const MOST_TEXT_CHARACTERS = 300;
const TIMEOUT = /^test timed out after (\S+)/;
const ALL_ASLEEP = 'all goroutines are asleep';
/** Of `testing/synctest`. */
const BUBBLE_ASLEEP = /^deadlock: .*\bbubble\b/;
const PATTERNS: readonly { kind: CrashKind; pattern: RegExp }[] = [
  // Before it may stand what was left of a time stamp.
  { kind: 'PANIC', pattern: /^(?:[\d.:,TZ-]+ )?panic: (.*)$/ },
  { kind: 'FATAL_ERROR', pattern: /^(?:[\d.:,TZ-]+ )?fatal error: (.*)$/ },
  {
    kind: 'SIGNAL',
    pattern: /^(SIG(?:QUIT|ABRT|TRAP|ILL|FPE|BUS|SEGV)\b.*|Exception 0x[0-9a-f]+ .*)$/,
  },
  {
    kind: 'LEAKED',
    pattern:
      /(?:found unexpected goroutines:|, with \S.* on top of the stack:|[lL]eaked goroutine:)()$/,
  },
  {
    kind: 'RECOVERED_PANIC',
    pattern:
      /(?:panic serving \S+: |[oO]bserved a panic(?:: |" )|\[?[pP]anic recovered\]?:? |[rR]ecovered (?:from )?(?:a )?panic:? )(.*)$/,
  },
];
/** klog and zap write names before what is said. */
const STRUCTURED = /"Observed a panic".*? panic="((?:[^"\\]|\\.)*)"/;
/** What C says as it gives up. */
const REASON_OF_ABORT =
  /^(?:stderr: )?((?:runtime\/cgo: |terminate called |(?:malloc|free|realloc|munmap_chunk)\(\): |double free |corrupted |\S+: .*Assertion .* failed).*)$/;
const IN_C = /^signal arrived during (?:cgo|external code) execution$/;
const RUNTIME_STACK = 'runtime stack:';
const PANIC = /^panic: /;
const OF_SIGNAL = /^(?:runtime error: (?:invalid memory|integer divide)|unexpected )/;
const SIGNAL_LINE = /^\[signal (.*)\]$/;
const HEADER = /\bgoroutine \d+ /;
const TEST = /^\s+(\S+) \([\d.]+[hms]\S*\)$/;

export class CrashLines {
  readonly found: CrashLine[] = [];
  #last: CrashLine | null = null;
  /** Only panics have been noted since the last one that counts. */
  #isRightBelow = false;
  /** The last one was followed by another, of a deferred call. */
  #hasNested = false;
  /** What follows of the message of the last one is not shown: a dump that it quotes. */
  #isTextOver = false;
  /** Of a function of C, told before the signal that came of it. */
  #reason: string | null = null;
  #call: string | null = null;

  /** A line outside of every goroutine. */
  note(raw: string): void {
    const line = raw.slice(0, MOST_CHARACTERS).trim();
    const signal = SIGNAL_LINE.exec(line)?.[1];
    if (signal !== undefined) {
      if (this.#last !== null && this.#isSignalOf(this.#last)) {
        this.#last.signal ??= signalOf(signal);
      }
      return;
    }
    if (IN_C.test(line) && this.#last !== null) this.#last.isInC = true;
    if (line === RUNTIME_STACK && this.#last !== null) this.#last.isOfRuntime = true;
    const test = this.#last?.kind === 'TEST_TIMEOUT' ? TEST.exec(raw)?.[1] : undefined;
    if (test !== undefined) {
      if (this.#last!.tests.length < KEPT_TESTS) this.#last!.tests.push(test);
      return;
    }
    // A panic within a deferred call is printed indented below the first one, which is the cause.
    if (this.#isNested(raw, line)) {
      this.#hasNested ||= PANIC.test(line);
      this.#addText(line);
      this.#addFrame(line);
      return;
    }
    this.#addFrame(line);
    this.#isRightBelow = false;
    this.#reason = REASON_OF_ABORT.exec(line)?.[1] ?? this.#reason;
    for (const { kind, pattern } of PATTERNS) {
      const message = pattern.exec(line)?.[1];
      if (message === undefined) continue;
      const said = unquoted(message.replace(/ \[recovered(?:, repanicked)?\]$/, ''));
      this.#add(kindOf(kind, message), STRUCTURED.exec(line)?.[1] ?? said);
      return;
    }
  }

  /** The further lines of a message, which Go indents. */
  #addText(line: string): void {
    const last = this.#last!;
    this.#isTextOver ||= this.#hasNested || last.signal !== null || HEADER.test(line);
    if (last.kind !== 'PANIC' || this.#isTextOver) return;
    const room = MOST_TEXT_CHARACTERS - last.message.length;
    if (room > 0 && line !== '') last.message += ` ${line}`.slice(0, room);
  }

  /** Windows prints the stack of the goroutine that it is about without a header. */
  #addFrame(line: string): void {
    const last = this.#last;
    if (last === null || last.goroutineId !== null || !isException(last)) return;
    const call = this.#call;
    this.#call = null;
    if (call !== null && isPlace(line) && last.frames.length < MOST_FRAMES) {
      const { file, line: number } = placeOf(line);
      last.frames.push({ function: functionOf(call).name, file, line: number });
    } else if (functionOf(line).isKnownForm) this.#call = line;
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
    const last = this.#last;
    // Two threads have noticed it at once.
    if (last?.kind === kind && last.message === message && last.goroutineId === null) return;
    const reason = kind === 'SIGNAL' ? this.#reason : null;
    this.#last = {
      kind,
      message: reason ?? message,
      signal: kind === 'SIGNAL' ? signalOf(message) : null,
      tests: [],
      goroutineId: null,
      isOfRuntime: false,
      isInC: false,
      frames: [],
    };
    this.#isRightBelow = kind === 'PANIC';
    this.#hasNested = false;
    this.#isTextOver = false;
    if (this.found.length < KEPT_CRASHES) this.found.push(this.#last);
  }
}

function kindOf(kind: CrashKind, message: string): CrashKind {
  if (kind === 'PANIC' && TIMEOUT.test(message)) return 'TEST_TIMEOUT';
  if (kind === 'PANIC' && BUBBLE_ASLEEP.test(message)) return 'ALL_ASLEEP';
  return kind === 'FATAL_ERROR' && message.startsWith(ALL_ASLEEP) ? 'ALL_ASLEEP' : kind;
}

/** Some loggers quote it, and the quote may have been cut. */
function unquoted(message: string): string {
  return message.replace(/^"([^"]*)"?$/, '$1');
}

function isException({ kind, signal }: CrashLine): boolean {
  return kind === 'SIGNAL' && signal?.startsWith('Exception') === true;
}
