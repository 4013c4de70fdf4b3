/**
 * Text of a dump while it is read: one character a byte, so that names in any encoding stay apart
 * and offsets are the bytes'. It is decoded where it leaves the reader.
 */
import { CARRIAGE_RETURN, SPACE, TAB } from './ascii.ts';

const NON_ASCII = /[\x80-\xff]/;

/** Bytes as text to show; bytes that are no UTF-8 become U+FFFD. */
export function decoded(bytesAsText: string): string {
  if (!NON_ASCII.test(bytesAsText)) return bytesAsText;
  return Buffer.from(bytesAsText, 'latin1').toString('utf8');
}

/** Strips blanks at both ends, and only ASCII ones: others are parts of UTF-8 characters here. */
export function trimmed(text: string): string {
  const end = endOfText(text);
  let start = 0;
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  return text.slice(start, end);
}

export function trimmedEnd(text: string): string {
  return text.slice(0, endOfText(text));
}

function endOfText(text: string): number {
  let end = text.length;
  while (end > 0 && isBlank(text.charCodeAt(end - 1))) end--;
  return end;
}

/** Space and the controls from tab to carriage return. */
function isBlank(code: number): boolean {
  return code === SPACE || (code >= TAB && code <= CARRIAGE_RETURN);
}
