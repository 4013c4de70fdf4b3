/**
 * Reads goroutines out of the lines of a dump. Known frames are recognised in the bytes
 * (`go-dump-frame-matcher.ts`); every other line goes through `readLine` as text, where each byte is
 * one character, so that names in any encoding stay apart.
 */
import { addUnread, type UnreadLines } from './go-dump-findings.ts';
import { functionOf, isPlace, placeOf, standInOf, UNKNOWN_FUNCTION } from './go-dump-frame.ts';
import { FrameMatcher, NO_MATCH } from './go-dump-frame-matcher.ts';
import { type FoundHeader, findHeader, type GoHeader, parseAttributes } from './go-dump-header.ts';
import { MAX_LINE_BYTES } from './go-dump-lines.ts';
import { matchPlainHeader } from './go-dump-plain-header.ts';
import { isConfirmedBy, isQuoteMark, withoutPrefix } from './go-dump-prefix.ts';
import { RECENT, ROOT, StackTree } from './go-dump-stacks.ts';
import { GoTally } from './go-dump-tally.ts';
import { trimmed, trimmedEnd } from './go-dump-text.ts';

const NEWLINE = 0x0a;
const HEADER_WORD = 'goroutine ';
const PANIC_WORD = 'panic: ';
/** What a crash prints before and after its goroutines. */
const CRASH_LINE = /^(?:panic: |fatal error: |\[signal |exit status \d+$)/;
/** `main.work(0x1) /app/main.go:17 +0x1d`: a frame whose line break was lost. */
const INLINE_FRAME = /\s*(created by .+?|\S.*?\)) (\S+:\d+)(?: \+0x[0-9a-f]+)?(?= |$)/y;

/** The goroutine whose lines are being read. */
interface OpenGoroutine {
  header: GoHeader;
  id: number;
  labels: string;
  stack: number;
  /** A blank line has come: what follows is this goroutine's only if it is a whole frame. */
  isPastBlank: boolean;
}

export class GoDumpReader {
  readonly tree = new StackTree();
  tally = new GoTally();
  /** Lines within a goroutine that make no sense there, and headers that are none. */
  readonly notUnderstood: UnreadLines = { count: 0, examples: [] };
  /** Lines outside of every goroutine, blank ones not counted. */
  readonly surrounding: UnreadLines = { count: 0, examples: [] };
  lineCount = 0;
  /** The last line read was one that another has to follow. */
  endsMidGoroutine = false;

  private readonly matcher = new FrameMatcher();
  private readonly headers = new Map<string, GoHeader>();
  private open: OpenGoroutine | null = null;
  /** What stands in front of every line. */
  private prefix = '';
  /** A function whose file has not come yet. */
  private pendingFunction: string | null = null;
  /** A header behind other text, until the next line shows whether it is one. */
  private candidate: { header: FoundHeader; line: string } | null = null;
  /** Number of the last line that was cut off or broken. */
  private brokenLine = -1;
  /** The tally of what came before a panic's text, while that text may still be going on. */
  private beforePanic: GoTally | null = null;

  /** Reads whole lines; the byte before `end` is a newline. */
  readLines(bytes: Buffer, start: number, end: number): void {
    this.matcher.lookIn(bytes);
    for (let at = start; at < end; ) {
      let next = this.matchFrame(at, end);
      if (next === NO_MATCH) next = this.matchHeader(bytes, at);
      at = next === NO_MATCH ? this.nextLine(bytes, at) : next;
    }
  }

  /** Counts the last goroutine; nothing may be read after it. */
  finish(): void {
    this.endsMidGoroutine =
      this.pendingFunction !== null ||
      this.open?.stack === ROOT ||
      this.brokenLine === this.lineCount;
    if (this.candidate !== null) this.rejectCandidate();
    this.close();
    if (this.beforePanic !== null) this.endPanicText(this.tally);
  }

  private matchFrame(at: number, end: number): number {
    const { open, tree } = this;
    if (open === null || open.isPastBlank || this.pendingFunction !== null || this.prefix !== '') {
      return NO_MATCH;
    }
    for (let index = 0; index < RECENT; index++) {
      const guess = tree.recentChild(open.stack, index);
      if (guess === ROOT) break;
      const next = this.matcher.match(tree.frameOf(guess), at, end);
      if (next === NO_MATCH) continue;
      if (index > 0) tree.remember(open.stack, guess);
      open.stack = guess;
      this.lineCount += 2;
      return next;
    }
    return this.findFrame(open, at, end);
  }

  /** A frame that is known, but not for what comes after it. */
  private findFrame(open: OpenGoroutine, at: number, end: number): number {
    const frame = this.matcher.find(at, end);
    if (frame === NO_MATCH) return NO_MATCH;
    open.stack = this.tree.child(open.stack, frame);
    this.lineCount += 2;
    return this.matcher.match(frame, at, end);
  }

  /** A header as most are, without prefix, labels or anything behind it. */
  private matchHeader(bytes: Buffer, at: number): number {
    if (this.prefix !== '' || this.candidate !== null) return NO_MATCH;
    const found = matchPlainHeader(bytes, at);
    if (found === null) return NO_MATCH;
    this.lineCount++;
    this.openGoroutine(found);
    return found.end;
  }

  private nextLine(bytes: Buffer, start: number): number {
    const newline = bytes.indexOf(NEWLINE, start);
    this.lineCount++;
    if (newline === start) this.readBlank();
    else if (newline - start > MAX_LINE_BYTES) {
      this.readLine(bytes.toString('latin1', start, start + MAX_LINE_BYTES));
    } else this.readLine(bytes.toString('latin1', start, newline));
    return newline + 1;
  }

  private readLine(raw: string): void {
    const text = trimmedEnd(raw);
    if (this.candidate !== null) this.decideCandidate(text);
    const stripped = this.prefix === '' ? text : withoutPrefix(text, this.prefix);
    const line = stripped ?? text;
    if (trimmed(line) === '') {
      this.readBlank();
      return;
    }
    if (line.includes(HEADER_WORD) && this.readHeader(line, stripped !== null)) return;
    if (CRASH_LINE.test(line)) this.close();
    if (this.open !== null) this.readFrameLine(this.open, line);
    else this.readSurrounding(line);
  }

  private readBlank(): void {
    this.commitPending();
    if (this.open !== null) this.open.isPastBlank = true;
  }

  private readHeader(line: string, carriesPrefix: boolean): boolean {
    const header = findHeader(line);
    if (header === null) {
      if (!trimmed(line).startsWith(HEADER_WORD) || standInOf(line) !== null) return false;
      this.close();
      this.brokenLine = this.lineCount;
      this.countUnread(line);
      return true;
    }
    if (!isQuoteMark(header.prefix)) {
      this.close();
      this.candidate = { header, line };
      return true;
    }
    if (!carriesPrefix || this.prefix === '') this.prefix = header.prefix;
    this.openGoroutine(header);
    return true;
  }

  private decideCandidate(nextLine: string): void {
    const { header } = this.candidate!;
    if (!isConfirmedBy(header, nextLine)) {
      this.rejectCandidate();
      return;
    }
    this.candidate = null;
    this.prefix = withoutPrefix(nextLine, header.prefix) === null ? '' : header.prefix;
    this.openGoroutine(header);
  }

  private rejectCandidate(): void {
    const { line } = this.candidate!;
    this.candidate = null;
    if (line.startsWith(PANIC_WORD)) this.startPanicText();
    this.readSurrounding(line);
  }

  private openGoroutine(found: FoundHeader): void {
    this.close();
    const header = this.internHeader(found.attributes);
    if (this.beforePanic !== null && header.state.startsWith('running')) this.endPanicText(null);
    this.open = {
      header,
      id: found.goroutineId,
      labels: found.labels,
      stack: ROOT,
      isPastBlank: false,
    };
    if (trimmed(found.trailing) !== '') this.readTrailing(found.trailing);
  }

  private internHeader(attributes: string): GoHeader {
    let header = this.headers.get(attributes);
    if (header === undefined) {
      header = parseAttributes(attributes);
      this.headers.set(attributes, header);
    }
    return header;
  }

  /** A dump whose line breaks were lost has frames, and further headers, behind the colon. */
  private readTrailing(trailing: string): void {
    for (let rest = trailing; rest !== ''; ) {
      const next = findHeader(rest, { isStrict: true });
      this.readInlineFrames(next === null ? rest : next.prefix);
      if (next === null) return;
      this.close();
      const header = this.internHeader(next.attributes);
      this.open = {
        header,
        id: next.goroutineId,
        labels: next.labels,
        stack: ROOT,
        isPastBlank: false,
      };
      rest = next.trailing;
    }
  }

  private readInlineFrames(text: string): void {
    let end = 0;
    INLINE_FRAME.lastIndex = 0;
    for (let match = INLINE_FRAME.exec(text); match !== null; match = INLINE_FRAME.exec(text)) {
      this.addFrame(match[1]!, match[2]!);
      end = INLINE_FRAME.lastIndex;
    }
    const rest = trimmed(text.slice(end));
    if (rest !== '') this.countUnread(rest);
  }

  private readFrameLine(open: OpenGoroutine, line: string): void {
    const { pendingFunction } = this;
    if (pendingFunction !== null) {
      if (isPlace(line)) {
        this.pendingFunction = null;
        this.addFrame(pendingFunction, line);
        open.isPastBlank = false;
        return;
      }
      this.commitPending();
    }
    const standIn = standInOf(line);
    if (standIn !== null) {
      open.stack = this.tree.child(open.stack, this.tree.intern(standIn, '', 0));
    } else if (open.isPastBlank && !functionOf(line).isKnownForm) {
      this.close();
      this.readSurrounding(line);
    } else if (isPlace(line)) {
      this.countUnread(line);
      this.addFrame(UNKNOWN_FUNCTION, line);
    } else this.pendingFunction = line;
  }

  /** A function that no file follows: cut off, or no function at all. */
  private commitPending(): void {
    const { open, pendingFunction } = this;
    if (open === null || pendingFunction === null) return;
    this.pendingFunction = null;
    if (open.isPastBlank) {
      addUnread(this.surrounding, this.lineCount, pendingFunction);
      this.close();
    } else if (functionOf(trimmed(pendingFunction)).isKnownForm) this.addFrame(pendingFunction, '');
    else this.countUnread(pendingFunction);
  }

  private addFrame(functionLine: string, placeLine: string): void {
    const open = this.open!;
    const { name, isKnownForm } = functionOf(trimmed(functionLine));
    const place = placeOf(placeLine);
    if (!isKnownForm && name !== UNKNOWN_FUNCTION) this.countUnread(functionLine);
    if (placeLine !== '' && !place.hasLine) {
      this.brokenLine = this.lineCount;
      this.countUnread(placeLine);
    }
    const frame = this.tree.intern(name, place.file, place.line);
    open.stack = this.tree.child(open.stack, frame);
    const isCall = functionLine.startsWith(`${name}(`);
    const functionHead = isCall ? `${name}(` : name;
    const placeHead = `\t${place.file}:${place.line}`;
    if (isKnownForm && functionLine.startsWith(functionHead) && placeLine.startsWith(placeHead)) {
      this.matcher.learn(frame, functionHead, placeHead, isCall);
    }
  }

  private readSurrounding(line: string): void {
    addUnread(this.surrounding, this.lineCount, line);
  }

  private countUnread(text: string): void {
    addUnread(this.notUnderstood, this.lineCount, text);
  }

  /** Counts the open goroutine. */
  private close(): void {
    this.commitPending();
    const { open } = this;
    if (open === null) return;
    this.open = null;
    this.tally.add(open.header, open.stack, open.id, open.labels);
  }

  /**
   * The text of a panic that has a header in it quotes a dump, goroutine for goroutine as in a real
   * one. The runtime prints the goroutine that panicked first, and that one is running: what comes
   * before is quoted.
   */
  private startPanicText(): void {
    if (this.beforePanic !== null) return;
    this.beforePanic = this.tally;
    this.tally = new GoTally();
  }

  /** Ends it with the goroutines that were real after all, or null where they were quoted. */
  private endPanicText(real: GoTally | null): void {
    const before = this.beforePanic!;
    const quoted = this.tally;
    this.beforePanic = null;
    this.tally = before;
    if (real !== null) before.addAll(real);
    else this.notUnderstood.count += quoted.goroutines;
  }
}
