/** Headers as most are, `goroutine 7 [select, 5 minutes]:` and no more, recognised in the bytes. */
import type { FoundHeader } from './go-dump-header.ts';

const WORD = Buffer.from('goroutine ');
const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;

/** The header that starts at `from`, or null where the line needs a closer look. */
export function matchPlainHeader(
  bytes: Buffer,
  from: number,
): (FoundHeader & { end: number }) | null {
  let at = from;
  for (const expected of WORD) if (bytes[at++] !== expected) return null;
  let goroutineId = 0;
  const digits = at;
  for (let byte = bytes[at]!; byte >= ZERO && byte <= NINE; byte = bytes[++at]!) {
    goroutineId = goroutineId * 10 + byte - ZERO;
  }
  if (at === digits || bytes[at] !== SPACE || bytes[at + 1] !== OPEN_BRACKET) return null;
  const open = at + 2;
  const close = endOfPlainAttributes(bytes, open);
  if (close === null) return null;
  const attributes = bytes.toString('latin1', open, close);
  const end = bytes.indexOf(NEWLINE, close) + 1;
  return { goroutineId, prefix: '', attributes, labels: '', trailing: '', end };
}

/** Index of the bracket that ends the attributes and, but for a colon, the line; null for anything else. */
function endOfPlainAttributes(bytes: Buffer, open: number): number | null {
  let at = open;
  for (let byte = bytes[at]!; byte !== CLOSE_BRACKET; byte = bytes[++at]!) {
    if (byte === NEWLINE || byte === QUOTE || byte === OPEN_BRACE) return null;
  }
  if (bytes[at + 1] !== COLON) return null;
  const behind = bytes[at + 2] === CARRIAGE_RETURN ? at + 3 : at + 2;
  return bytes[behind] === NEWLINE ? at : null;
}
