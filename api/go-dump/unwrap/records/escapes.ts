/** Line breaks that a logger has written as `\n`, or syslog as `#012`. */
import { findAnchor, mayHaveAnchor } from '../headers/anchor.ts';
import { emptyStream, push, type Stream, type Unwrapped } from '../stream.ts';

/** In front of a place, where the line breaks are real. */
const ESCAPED_TAB = /^(?:#011|\\t)(?=\S+:\d)/;
const ESCAPED_BREAK = /^(?:\\+r)?(?:\\+(?:n|x0a|u000a|012)|#012)/i;
/** A line that a panic has printed quotes what it says: it is no log. */
const CRASH_LINE = /^\s*(?:panic|fatal error): /;
/** A new record, where the one before was cut off at the limit of its log. */
const RECORD_START = /^(?:\w+=|\{|\[?\d{4}-\d\d-\d\d)/;
const MOST_PARTS = 10_000;
/** Only at a limit of its log is a record cut. */
const SHORTEST_CUT_CHARACTERS = 1_000;

/** A log does not cut in the middle of a character. */
const CUT_CHARACTER_BYTES = 4;

const SIMPLE: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' };

/** Whether any place may have one before it; cheap. */
export function mayHaveEscapedTabs(text: Buffer): boolean {
  return text.includes('\n#011') || text.includes('\n\\t');
}

/** Whether text begins with a line break that was escaped. */
export function startsEscaped(text: string): boolean {
  return ESCAPED_BREAK.test(text);
}

/** Null where no header of the stream has an escaped line break behind it, and no place an escaped tab before it. */
export function withoutEscapes(stream: Stream): Unwrapped | null {
  const result = emptyStream();
  const layers = new Set<string>();
  for (let at = 0; at < stream.lines.length; at++) {
    const line = stream.lines[at]!;
    const number = stream.numbers[at]!;
    const start = headerWithEscapes(line);
    if (start === null) {
      const text = line.replace(ESCAPED_TAB, '\t');
      if (text !== line) layers.add('escaped tabs');
      push(result, text, number);
      continue;
    }
    layers.add('escaped line breaks');
    const { region, parts } = regionAt(stream.lines, at, start);
    at += parts - 1;
    if (region.before.trim() !== '') push(result, region.before, number);
    const text = unescaped(region.text);
    const lines = text.split(/\r?\n/);
    for (const inner of lines) push(result, inner, number);
    // What is cut off stays the last line.
    if (!region.isCut) push(result, '', number);
    if (region.after.trim() !== '') push(result, region.after, number);
  }
  return layers.size > 0 ? { streams: [result], layers: [...layers] } : null;
}

/** Where the first header in the line begins; null where it is followed by no escape. */
function headerWithEscapes(line: string): number | null {
  if (!mayHaveAnchor(line)) return null;
  const header = findAnchor(line);
  if (header === null || !startsEscaped(header.trailing)) return null;
  const isQuoted = CRASH_LINE.test(line) && openingQuote(line, header.prefix.length) !== null;
  return isQuoted ? null : header.prefix.length;
}

interface Region {
  before: string;
  text: string;
  after: string;
  /** The record ends before the quote that closes it. */
  isCut: boolean;
}

/** The quoted text around the header, put together where a log has cut it into several lines. */
function regionAt(
  lines: readonly string[],
  at: number,
  header: number,
): { region: Region; parts: number } {
  let line = lines[at]!;
  const open = openingQuote(line, header);
  if (open === null) {
    const parts = partsOfRecord(lines, at);
    const text = lines.slice(at, at + parts).join('');
    return { region: { before: '', text, after: '', isCut: false }, parts };
  }
  let parts = 1;
  let close = closingQuote(line, header, line[open]!);
  while (
    close === null &&
    parts < MOST_PARTS &&
    lines[at + parts - 1]!.length >= SHORTEST_CUT_CHARACTERS &&
    at + parts < lines.length &&
    !RECORD_START.test(lines[at + parts]!)
  ) {
    const from = line.length;
    line += lines[at + parts]!;
    parts++;
    close = closingQuote(line, from, line[open]!);
  }
  const end = close ?? line.length;
  const region = {
    before: line.slice(0, open),
    text: line.slice(open + 1, end),
    after: line.slice(end + 1),
    isCut: close === null,
  };
  return { region, parts };
}

/** Of how many lines a record without quotes is, which was cut at the limit of its log: all but the last are as long. */
function partsOfRecord(lines: readonly string[], at: number): number {
  const limit = lines[at]!.length;
  if (limit < SHORTEST_CUT_CHARACTERS) return 1;
  let parts = 1;
  for (; at + parts < lines.length && parts < MOST_PARTS; parts++) {
    const [before, next] = [lines[at + parts - 1]!, lines[at + parts]!];
    if (Math.abs(before.length - limit) > CUT_CHARACTER_BYTES) break;
    if (next.length > limit + CUT_CHARACTER_BYTES || RECORD_START.test(next) || next === '') break;
  }
  return parts;
}

function openingQuote(line: string, before: number): number | null {
  for (let at = before - 1; at >= 0; at--) {
    const char = line[at];
    // An apostrophe within a word quotes nothing.
    const isQuote = char === '"' || (char === "'" && (at === 1 || !/\w/.test(line[at - 1] ?? ' ')));
    if (isQuote && !isEscaped(line, at)) return at;
  }
  return null;
}

function closingQuote(line: string, from: number, quote: string): number | null {
  for (let at = line.indexOf(quote, from); at >= 0; at = line.indexOf(quote, at + 1)) {
    if (!isEscaped(line, at)) return at;
  }
  return null;
}

function isEscaped(line: string, at: number): boolean {
  let backslashes = 0;
  while (line[at - 1 - backslashes] === '\\') backslashes++;
  return backslashes % 2 === 1;
}

/** The text as it was before one round of escaping. */
function unescaped(text: string): string {
  if (!text.includes('\\')) return withoutOctals(text);
  return text.replace(
    /\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([0-7]{3})|(.))/g,
    (_, unicode?: string, hex?: string, octal?: string, char?: string) => {
      if (char !== undefined) return SIMPLE[char] ?? char;
      const code = Number.parseInt(unicode ?? hex ?? octal!, octal === undefined ? 16 : 8);
      return unicode === undefined
        ? String.fromCharCode(code)
        : Buffer.from(String.fromCharCode(code)).toString('latin1');
    },
  );
}

/** rsyslog writes a control character as `#` and three octal digits. */
function withoutOctals(text: string): string {
  return text.replace(/#(0[0-3][0-7])/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
}
