/** The two lines of a frame in a Go dump, and the lines that stand in for frames. */
import { trimmed } from '../text/text.ts';

const CREATOR_WORDS = 'created by ';
const CREATED_BY = /^created by (.+?)(?: in goroutine \d+)?$/;
const ORIGINATING_FROM = /^\[originating from goroutine \d+\]:?$/;
const ELIDED = /^\.\.\.(?:\d+|additional) frames elided\.\.\.$/;
/** Some logs indent both lines of a frame alike. */
const INDENTED_CALL = /^[^\s"'{[(][^\s(]*\.[^\s(]*\(.*\)$/;
const STACK_UNAVAILABLE = /^goroutine .*; stack unavailable$/;
/** The mark of whoever left something out, as bytes of UTF-8. */
const LEFT_OUT = /^[[(<]?(?:\.{3}|\xe2\x80\xa6|snip|truncated|skipp|omitt)/i;
/** What the runtime prints of a stack that it cannot walk: `stack: frame={…}`, and what is in that memory. */
const OF_RUNTIME = /^(?:runtime: |stack: frame=|[0-9a-f]{8,16}: [ <>!])/;
const CODE_OFFSET = ' +0x';
const FRAME_POINTER = ' fp=0x';
const OFFSETS = /^(?: \+0x[0-9a-f]+)?(?: (?:fp|sp|pc)=0x[0-9a-f]+)*$/;
const FILE_AND_LINE = /^(.+):(\d+)$/;

export const UNKNOWN_FUNCTION = '(unknown)';
/** Stands in front of what different stacks have in common that are told together. */
export const OTHER_STACKS = '(other stacks)';

/**
 * The function of a frame, from the line that names it; arguments and goroutine numbers are left
 * out, as they differ between goroutines that do the same. `isKnownForm` is false for a line that
 * Go would not print.
 */
export function functionOf(line: string): { name: string; isKnownForm: boolean } {
  const created = line.startsWith(CREATOR_WORDS) ? CREATED_BY.exec(line) : null;
  if (created !== null) return { name: `created by ${created[1]}`, isKnownForm: true };
  const open = line.endsWith(')') ? line.lastIndexOf('(') : -1;
  if (open <= 0) return { name: line, isKnownForm: false };
  return { name: line.slice(0, open), isKnownForm: true };
}

/** `\t/app/main.go:17 +0x1d` → file and line; the line is 0 where there is none. */
export function placeOf(line: string): { file: string; line: number; hasLine: boolean } {
  const text = withoutOffsets(trimmed(line));
  const match = FILE_AND_LINE.exec(text);
  if (match === null) return { file: text, line: 0, hasLine: false };
  return { file: match[1]!, line: Number(match[2]), hasLine: true };
}

/** Strips ` +0x1d fp=0xc000 sp=0xc000 pc=0x46e3`, of which inlined calls have no ` +0x1d`. */
function withoutOffsets(text: string): string {
  const codeOffset = text.lastIndexOf(CODE_OFFSET);
  const start = codeOffset < 0 ? text.lastIndexOf(FRAME_POINTER) : codeOffset;
  return start < 0 || !OFFSETS.test(text.slice(start)) ? text : text.slice(0, start);
}

/** True for a line in the place of a file; Go indents it with a tab, some tools strip that. */
export function isPlace(line: string): boolean {
  const text = trimmed(line);
  if (FILE_AND_LINE.test(withoutOffsets(text))) return true;
  return line.startsWith('\t') && !STACK_UNAVAILABLE.test(text) && !INDENTED_CALL.test(text);
}

/**
 * Whether the last line of a dump is the first of a frame, or what is left of it: words of others
 * that stand below a dump are none, and names of functions have no blanks.
 */
export function isBeginningOfFrame(line: string, endsMidLine: boolean): boolean {
  if (line.startsWith(CREATOR_WORDS) || CREATOR_WORDS.startsWith(line)) return true;
  const open = line.indexOf('(');
  const name = open > 0 ? line.slice(0, open) : line;
  if (/[\s"'`]/.test(name)) return false;
  return /[\w)\]][./][\w([]/.test(line) || open > 0 || endsMidLine;
}

/** Whether somebody has written that lines are left out here, or the runtime that it knows no frame. */
export function isLeftOut(line: string): boolean {
  const text = trimmed(line);
  return OF_RUNTIME.test(text) || (LEFT_OUT.test(text) && !ELIDED.test(text));
}

/** The name of a frame for a line that stands alone: elided frames, an ancestor, a stack Go could not walk. */
export function standInOf(line: string): string | null {
  const text = trimmed(line);
  if (ELIDED.test(text) || STACK_UNAVAILABLE.test(text)) return text;
  return ORIGINATING_FROM.test(text) ? '[originating from]' : null;
}
