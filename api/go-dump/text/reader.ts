/**
 * Reads goroutines out of the lines of a dump: tells headers from what stands around them, and
 * leaves the lines below a header to the stack builder. Lines are text of one character a byte.
 */

import { CrashLines } from '../crash/crash-lines.ts';
import { type FoundHeader, findHeader, type GoHeader, parseAttributes } from '../header/header.ts';
import { PlainHeaders } from '../header/plain-header.ts';
import { isConfirmedBy, isQuoteMark, withoutPrefix } from '../header/prefix.ts';
import { StackBuilder } from '../stacks/builder.ts';
import { condensed } from '../stacks/condense.ts';
import { standInOf } from '../stacks/frame.ts';
import { QuoteAwareTally } from '../tally.ts';
import { PanicText } from '../unwrap/panic-text.ts';
import { NEWLINE } from './ascii.ts';
import { NO_MATCH } from './line-ends.ts';
import { trimmed, trimmedEnd } from './text.ts';
import { DumpFindings } from './unread-lines.ts';

/** What follows in a longer line is no goroutine's. */
export const MAX_LINE_BYTES = 1024 ** 2;

const HEADER_WORD = 'goroutine ';
const PANIC_WORD = 'panic: ';
/** What a crash prints before and after its goroutines. */
const CRASH_LINE =
  /^(?:panic: |fatal error: |\[signal |exit status \d+$|FAIL(?:\s|$)|(?:PASS|ok)(?:\s{2,}|\t|$)|=== |--- |##\[|```|={5}|-{5}|section_(?:start|end):|<\/?(?:pre|code|details|summary)\b)/;

export class GoDumpReader {
  readonly findings = new DumpFindings();
  readonly crashLines = new CrashLines();
  stacks = new StackBuilder(this.findings);
  readonly tally = new QuoteAwareTally();
  /** The text ended in the middle of a goroutine. */
  endsMidGoroutine = false;
  readonly #headers = new Map<string, GoHeader>();
  readonly #plainHeaders = new PlainHeaders((attributes) => this.#internHeader(attributes));
  /** Of the goroutine whose stack is being read; null outside of one. */
  #openHeader: GoHeader | null = null;
  #openId = 0;
  #openLabels = '';
  /** What stands in front of every line. */
  #prefix = '';
  /** A header behind other text, until the next line shows whether it is one. */
  #candidate: { header: FoundHeader; line: string } | null = null;
  #panic = new PanicText();
  /** No blank line has come since a panic began: a header now is one that its text quotes. */
  #isInPanicText = false;

  /** Reads whole lines; the byte before `end` is a newline. */
  readLines(bytes: Buffer, start: number, end: number): void {
    this.stacks.lookIn(bytes);
    for (let at = start; at < end; ) {
      let next = NO_MATCH;
      // A blank line stands before every header, and neither may begin with it.
      if (bytes[at] !== NEWLINE) {
        next = this.#matchFrame(at, end);
        if (next === NO_MATCH) next = this.#matchHeader(bytes, at);
      }
      at = next === NO_MATCH ? this.#nextLine(bytes, at) : next;
    }
  }

  /** Counts the last goroutine of what one writer wrote; what is read after it is another's. */
  endPart({ endsMidLine }: { endsMidLine: boolean }): void {
    const isIncomplete = this.#openHeader !== null && this.stacks.isIncomplete({ endsMidLine });
    this.endsMidGoroutine ||= isIncomplete || this.findings.endsBroken();
    if (this.#candidate !== null) this.#rejectCandidate(this.#candidate.line);
    this.#close();
    this.tally.endQuote({ isReal: true });
    this.#prefix = '';
    this.#panic = new PanicText();
    this.#isInPanicText = false;
    this.crashLines.endPart();
  }

  #matchFrame(at: number, end: number): number {
    if (this.#openHeader === null || this.#prefix !== '') return NO_MATCH;
    const next = this.stacks.match(at, end);
    if (next !== NO_MATCH) this.findings.lineCount += 2;
    return next;
  }

  /** A header as most are, without prefix, labels or anything behind it. */
  #matchHeader(bytes: Buffer, at: number): number {
    if (this.#prefix !== '' || this.#candidate !== null) return NO_MATCH;
    const plainHeaders = this.#plainHeaders;
    const next = plainHeaders.match(bytes, at);
    if (next === NO_MATCH) return NO_MATCH;
    this.findings.lineCount++;
    this.#begin(plainHeaders.header!, plainHeaders.goroutineId, '');
    return next;
  }

  #nextLine(bytes: Buffer, start: number): number {
    this.findings.lineCount++;
    if (bytes[start] === NEWLINE) {
      this.#readBlank();
      return start + 1;
    }
    const newline = bytes.indexOf(NEWLINE, start);
    this.#readLine(bytes.toString('latin1', start, Math.min(newline, start + MAX_LINE_BYTES)));
    return newline + 1;
  }

  #readLine(raw: string): void {
    const text = trimmedEnd(raw);
    if (this.#candidate !== null) this.#decideCandidate(this.#candidate, text);
    const stripped = this.#prefix === '' ? text : withoutPrefix(text, this.#prefix);
    const line = stripped ?? text;
    if (this.#panic.reads(line)) this.#readPanicText(line);
    else if (trimmed(line) === '') this.#readBlank();
    else if (!this.#readHeader(line, stripped !== null)) this.#readBody(line);
  }

  /** Whatever it looks like, it is what a panic says. */
  #readPanicText(line: string): void {
    this.#close();
    this.#addSurrounding(line);
  }

  #addSurrounding(line: string): void {
    this.findings.addSurrounding(line);
    this.crashLines.note(line);
  }

  #readBlank(): void {
    this.#isInPanicText = false;
    if (this.#openHeader !== null) this.stacks.readBlank();
  }

  #readBody(line: string): void {
    if (this.#openHeader !== null && !CRASH_LINE.test(line) && this.stacks.readLine(line)) return;
    this.#close();
    this.#addSurrounding(line);
    if (line.startsWith(PANIC_WORD)) this.#startPanic();
  }

  /** What an earlier one seemed to quote was printed by what recovered from it. */
  #startPanic(): void {
    this.tally.endQuote({ isReal: true });
    this.#isInPanicText = true;
  }

  #readHeader(line: string, carriesPrefix: boolean): boolean {
    if (!line.includes(HEADER_WORD)) return false;
    const header = findHeader(line);
    if (header === null) return this.#readBrokenHeader(line);
    if (isQuoteMark(header.prefix)) {
      if (!carriesPrefix || this.#prefix === '') this.#prefix = header.prefix;
      this.#openGoroutine(header);
    } else {
      this.#close();
      this.#candidate = { header, line };
    }
    return true;
  }

  #readBrokenHeader(line: string): boolean {
    if (!trimmed(line).startsWith(HEADER_WORD) || standInOf(line) !== null) return false;
    this.#close();
    this.findings.markBroken();
    this.findings.addNotUnderstood(line);
    return true;
  }

  #decideCandidate({ header, line }: { header: FoundHeader; line: string }, next: string): void {
    if (!isConfirmedBy(header, next)) {
      this.#rejectCandidate(line);
      return;
    }
    this.#candidate = null;
    const isShared = withoutPrefix(next, header.prefix) !== null;
    this.#prefix = isShared ? header.prefix : '';
    // What a test says of one goroutine, as `leak_test.go:8: Leaked goroutine: `.
    if (!isShared) this.crashLines.note(header.prefix);
    this.#openGoroutine(header);
  }

  /**
   * The text of a panic that has a header in it, or right below it, quotes a dump, goroutine for
   * goroutine as in a real one. The runtime prints the goroutine that panicked first, and that one is
   * running: what comes before is quoted.
   */
  #rejectCandidate(line: string): void {
    this.#candidate = null;
    this.findings.isSuspicious = true;
    if (line.startsWith(PANIC_WORD)) this.tally.startQuote();
    this.#addSurrounding(line);
  }

  /** Opens a goroutine, and those behind it where the line breaks of the dump were lost. */
  #openGoroutine(first: FoundHeader): void {
    for (let found: FoundHeader | null = first; found !== null; ) {
      this.#begin(this.#internHeader(found.attributes), found.goroutineId, found.labels);
      if (found.trailing === '') return;
      const next: FoundHeader | null = findHeader(found.trailing, { isStrict: true });
      this.stacks.readInline(next?.prefix ?? found.trailing);
      found = next;
    }
  }

  #begin(header: GoHeader, id: number, labels: string): void {
    this.#close();
    if (this.#isInPanicText) {
      this.#isInPanicText = false;
      this.tally.startQuote();
    } else if (header.state.startsWith('running')) {
      const quoted = this.tally.endQuote({ isReal: false });
      this.findings.notUnderstood.count += quoted;
      if (quoted > 0) this.crashLines.forgetGoroutine();
    }
    this.crashLines.noteGoroutine(id);
    this.#openHeader = header;
    this.#openId = id;
    this.#openLabels = labels;
    this.stacks.start();
  }

  #internHeader(attributes: string): GoHeader {
    let header = this.#headers.get(attributes);
    if (header === undefined) {
      header = parseAttributes(attributes);
      this.#headers.set(attributes, header);
    }
    return header;
  }

  /** Counts the open goroutine. */
  #close(): void {
    const header = this.#openHeader;
    if (header === null) return;
    this.#openHeader = null;
    this.tally.add(header, this.stacks.finish(), this.#openId, this.#openLabels);
    if (this.stacks.load > 1) this.stacks = condensed(this.stacks, this.tally);
  }
}
