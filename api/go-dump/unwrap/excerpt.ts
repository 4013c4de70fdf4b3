/** What of a log is looked at: the goroutines in it and what stands around them. A log may be many times as large. */
import { RACE_WARNING } from '../races/races.ts';
import { NEWLINE, newlinesIn } from '../text/ascii.ts';
import type { DumpPiece, DumpText } from '../text/dump-text.ts';
import { mayHaveByteTexts } from './records/byte-texts.ts';
import { emptyStream, push, type Stream } from './stream.ts';

export interface Excerpt {
  stream: Stream;
  /** Of all of the log. */
  lineCount: number;
}

const BYTES_BEFORE = 64 * 1024;
/** Room for the stack of the last goroutine. */
const BYTES_BEHIND = 256 * 1024;
/** Places in what is held are counted in 32 bits: 2 GiB. */
const MOST_BYTES = 2 ** 31 - 1;
/** goleak writes it with a capital letter. */
const WORD = Buffer.from('oroutine ');
const HEADER = /^oroutine \d+ (?:[a-z]+=|\[|in state )/;
const HEADER_BYTES = 48;
/** What is so close to another is looked at with it. */
const STEP_BYTES = 32 * 1024;
/** Of the line that a part ends in. */
const LONGEST_LINE_BYTES = 1024 ** 2;

/** Whole lines. */
interface Range {
  start: number;
  end: number;
  /** Of its first line, 1-based. */
  lineNumber: number;
}

/** Null where it has no goroutine and no race, or more of them than can be held; and where it may have some in a form that is not looked for. */
export function excerptOf(text: DumpText): Excerpt | null {
  const ranges: Range[] = [];
  let lineCount = 0;
  let endsWithLine = true;
  for (const piece of text.pieces()) {
    if (mayHaveByteTexts(piece.bytes)) return null;
    addRangesIn(piece, lineCount, ranges, text);
    lineCount += newlinesIn(piece.bytes);
    endsWithLine = piece.bytes.at(-1) === NEWLINE;
  }
  const total = ranges.reduce((sum, { start, end }) => sum + end - start, 0);
  if (ranges.length === 0 || total > MOST_BYTES) return null;
  const stream = emptyStream();
  let rest = '';
  for (const { start, end, lineNumber } of ranges) {
    const part = text.from(start, endOfLine(text, end) - start);
    rest = part.toString('latin1', addLines(stream, part, lineNumber));
  }
  push(stream, rest, (stream.numbers.at(-1) ?? 0) + 1);
  return { stream, lineCount: endsWithLine ? lineCount : lineCount + 1 };
}

/** All of a text. */
export function streamOf(text: Buffer): Stream {
  const stream = emptyStream();
  const end = addLines(stream, text, 1);
  push(stream, text.toString('latin1', end), stream.lines.length + 1);
  return stream;
}

/** Adds the whole lines of this text, the first of which has this number, and gives where they end. */
function addLines(stream: Stream, text: Buffer, firstNumber: number): number {
  let number = firstNumber;
  let start = 0;
  // Line by line: no string of Node's is as long as a log may be.
  for (let end = text.indexOf(NEWLINE); end >= 0; end = text.indexOf(NEWLINE, start)) {
    push(stream, text.toString('latin1', start, end), number++);
    start = end + 1;
  }
  return start;
}

function addRangesIn(
  { bytes, start: before }: DumpPiece,
  linesBefore: number,
  ranges: Range[],
  text: DumpText,
): void {
  const anchors = [...headersIn(bytes), ...racesIn(bytes)].sort((a, b) => a - b);
  for (const at of anchors) {
    const last = ranges.at(-1);
    const from = Math.max(0, before + at - BYTES_BEFORE);
    const end = before + at + BYTES_BEHIND;
    if (last !== undefined && from <= last.end) last.end = end;
    else {
      const start = startOfLine(text, from);
      const lineNumber = 1 + linesBefore + linesBetween(text, start, before, bytes);
      ranges.push({ start, end, lineNumber });
    }
  }
}

/** How many lines end from the start of a piece up to this place, below 0 for one before it. */
function linesBetween(text: DumpText, place: number, start: number, bytes: Buffer): number {
  if (place >= start) return newlinesIn(bytes.subarray(0, place - start));
  return -newlinesIn(text.from(place, start - place));
}

/** Where the line begins behind the one that this place is in; the place itself where no line ends within what is looked at. */
function startOfLine(text: DumpText, place: number): number {
  if (place === 0) return 0;
  const newline = text.from(place - 1, BYTES_BEFORE).indexOf(NEWLINE);
  return newline < 0 ? place : place + newline;
}

function endOfLine(text: DumpText, place: number): number {
  const newline = text.from(place, LONGEST_LINE_BYTES).indexOf(NEWLINE);
  return newline < 0 ? place + LONGEST_LINE_BYTES : place + newline + 1;
}

/** The first of them, and of those that stand close to another some. */
function* headersIn(bytes: Buffer): Generator<number> {
  for (let at = bytes.indexOf(WORD); at >= 0; ) {
    const isHeader = HEADER.test(bytes.toString('latin1', at, at + HEADER_BYTES));
    if (isHeader) yield at;
    at = bytes.indexOf(WORD, at + (isHeader ? STEP_BYTES : 1));
  }
}

/** Likewise. */
function* racesIn(bytes: Buffer): Generator<number> {
  for (let at = bytes.indexOf(RACE_WARNING); at >= 0; ) {
    yield at;
    at = bytes.indexOf(RACE_WARNING, at + STEP_BYTES);
  }
}
