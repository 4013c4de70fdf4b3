/** What loggers, mail and indentation put in front of every line of a dump. */

import { trimmed, trimmedEnd } from '../text/text.ts';
import type { FoundHeader } from './header.ts';

const QUOTE_MARKS = /^[\s>|#*]+$/;
/** The text of a panic may quote a dump; what follows it on the same line is no dump's own. */
const CRASH_TEXT = /panic: |fatal error: /;
const CALL = /^\S.*\(.*\)$/;
/** What a test logs is indented; its first word has to look like a function. */
const INDENTED_CALL = /^\s+[^\s"'{[(][^\s(]*\.[^\s(]*\(.*\)$/;

/** The line without the prefix, or null when it does not carry it. */
export function withoutPrefix(line: string, prefix: string): string | null {
  if (line.startsWith(prefix)) return line.slice(prefix.length);
  if (shape(line) === shape(trimmedEnd(prefix))) return '';
  const isAlike =
    line.length >= prefix.length && shape(line.slice(0, prefix.length)) === shape(prefix);
  return isAlike ? line.slice(prefix.length) : null;
}

/** Time stamps differ from line to line in their digits only. */
function shape(prefix: string): string {
  return prefix.replace(/\d/g, '0');
}

/** True when this prefix alone shows that the line is quoted or indented, and the header real. */
export function isQuoteMark(prefix: string): boolean {
  return prefix === '' || QUOTE_MARKS.test(prefix);
}

/**
 * Whether a header behind other text is a goroutine's, to be told by the line after it: either a
 * logger put the same in front of that one too, or only the header was logged with a prefix.
 */
export function isConfirmedBy(header: FoundHeader, nextLine: string): boolean {
  if (trimmed(header.trailing) !== '' || CRASH_TEXT.test(header.prefix)) return false;
  if (withoutPrefix(nextLine, header.prefix) !== null) return true;
  return CALL.test(nextLine) || INDENTED_CALL.test(nextLine);
}
