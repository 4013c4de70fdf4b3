/** Frames as most are, `main.work(0x1)` above `\t/app/main.go:17 +0x1d`, told from the bytes. */

import {
  CARRIAGE_RETURN,
  CLOSE_PARENTHESIS,
  COLON,
  NEWLINE,
  NINE,
  OPEN_PARENTHESIS,
  SPACE,
  TAB,
  ZERO,
} from '../text/ascii.ts';
import { endOfPlace, endOfPlaceHead, NO_MATCH } from '../text/line-ends.ts';
import type { HeadPlaces } from './frame-heads.ts';

/** More would not be a line number of a file. */
const MAX_LINE_DIGITS = 9;

/** Where the parts of a call's two lines are; one object serves one call after the other. */
export class PlainCall implements HeadPlaces {
  functionStart = 0;
  /** Behind the parenthesis. */
  functionEnd = 0;
  placeStart = 0;
  /** Behind the line number. */
  placeEnd = 0;
  /** Behind the second line. */
  end = 0;

  /** Whether the two lines that start at `from` are a call, and need no closer look. */
  locate(bytes: Buffer, from: number, limit: number): boolean {
    this.functionStart = from;
    if (!this.#locateArguments(bytes, from) || this.placeStart >= limit) return false;
    if (bytes[this.placeStart] !== TAB || hasBlank(bytes, from, this.functionEnd)) return false;
    this.placeEnd = endOfPlaceHead(bytes, this.placeStart);
    if (!endsWithLineNumber(bytes, this.placeStart, this.placeEnd)) return false;
    this.end = endOfPlace(bytes, this.placeEnd);
    return this.end !== NO_MATCH;
  }

  /** They begin behind the last `(` of the line, and end with it. */
  #locateArguments(bytes: Buffer, from: number): boolean {
    let open = from;
    let at = from;
    for (let byte = bytes[at]!; byte !== NEWLINE; byte = bytes[++at]!) {
      if (byte === OPEN_PARENTHESIS) open = at;
    }
    this.functionEnd = open + 1;
    this.placeStart = at + 1;
    const last = bytes[at - 1] === CARRIAGE_RETURN ? at - 2 : at - 1;
    return open > from && bytes[last] === CLOSE_PARENTHESIS;
  }
}

/** Names have no blanks; what Go prints instead of a frame, and what others print, often has. */
function hasBlank(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at] === SPACE || bytes[at] === TAB) return true;
  return false;
}

/** Whether it ends like `\t/app/main.go:17`; no number begins with a zero but 0. */
function endsWithLineNumber(bytes: Buffer, start: number, end: number): boolean {
  let at = end;
  while (at > start && bytes[at - 1]! >= ZERO && bytes[at - 1]! <= NINE) at--;
  const count = end - at;
  const isNumber = count > 0 && count <= MAX_LINE_DIGITS && (count === 1 || bytes[at] !== ZERO);
  return isNumber && at - 2 > start && bytes[at - 1] === COLON;
}
