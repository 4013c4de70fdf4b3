/** Frames as most are, `main.work(0x1)` above `\t/app/main.go:17 +0x1d`, read from the bytes. */
import {
  endOfArguments,
  endOfName,
  endOfPlace,
  endOfPlaceHead,
  NO_MATCH,
} from './go-dump-line-ends.ts';

const TAB = 0x09;
const SPACE = 0x20;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
/** More would not be a line number of a file. */
const MAX_LINE_DIGITS = 9;

export interface PlainCall {
  name: string;
  file: string;
  line: number;
  /** Behind the second line. */
  end: number;
}

/** The call whose two lines start at `from`, or null where they need a closer look. */
export function readPlainCall(bytes: Buffer, from: number, limit: number): PlainCall | null {
  const open = endOfName(bytes, from);
  if (open === NO_MATCH || open === from + 1 || hasBlank(bytes, from, open)) return null;
  const place = endOfArguments(bytes, open);
  if (place === NO_MATCH || place >= limit || bytes[place] !== TAB) return null;
  const placeEnd = endOfPlaceHead(bytes, place);
  const digits = startOfLineNumber(bytes, place, placeEnd);
  const end = digits === NO_MATCH ? NO_MATCH : endOfPlace(bytes, placeEnd);
  if (end === NO_MATCH) return null;
  return {
    name: bytes.toString('latin1', from, open - 1),
    file: bytes.toString('latin1', place + 1, digits - 1),
    line: Number(bytes.toString('latin1', digits, placeEnd)),
    end,
  };
}

/** Names have no blanks; what Go prints instead of a frame, and what others print, often has. */
function hasBlank(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at] === SPACE || bytes[at] === TAB) return true;
  return false;
}

/** Index of the first digit of `17` in `\t/app/main.go:17`; no number begins with a zero but 0. */
function startOfLineNumber(bytes: Buffer, start: number, end: number): number {
  let at = end;
  while (at > start && bytes[at - 1]! >= ZERO && bytes[at - 1]! <= NINE) at--;
  const count = end - at;
  const isNumber = count > 0 && count <= MAX_LINE_DIGITS && (count === 1 || bytes[at] !== ZERO);
  return isNumber && at - 2 > start && bytes[at - 1] === COLON ? at : NO_MATCH;
}
