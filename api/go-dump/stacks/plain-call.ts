/** Frames as most are, `main.work(0x1)` above `\t/app/main.go:17 +0x1d`, told from the bytes. */

import type { Frame } from '../../profile/profile.ts';
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
import { endOfPlace, endOfPlaceHead, isAt, NO_MATCH } from '../text/line-ends.ts';
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
  /** Of the first digit of the line number. */
  digits = 0;
  /** Behind the second line. */
  end = 0;

  /** Whether the two lines that start at `from` are a call, and need no closer look. */
  locate(bytes: Buffer, from: number, limit: number): boolean {
    this.functionStart = from;
    if (!this.#locateArguments(bytes, from) || this.placeStart >= limit) return false;
    if (bytes[this.placeStart] !== TAB || hasBlank(bytes, from, this.functionEnd)) return false;
    this.placeEnd = endOfPlaceHead(bytes, this.placeStart);
    this.digits = startOfLineNumber(bytes, this.placeStart, this.placeEnd);
    if (this.digits === NO_MATCH) return false;
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

/** Makes frames of calls. Functions of one file often come one after the other: they share its name. */
export class PlainCallReader {
  #file = '';
  #fileBytes: Buffer = Buffer.alloc(0);

  read(bytes: Buffer, call: PlainCall): Frame {
    return {
      function: bytes.toString('utf8', call.functionStart, call.functionEnd - 1),
      file: this.#fileAt(bytes, call.placeStart + 1, call.digits - 1),
      line: numberAt(bytes, call.digits, call.placeEnd),
    };
  }

  #fileAt(bytes: Buffer, start: number, end: number): string {
    if (!isAt(bytes, start, end, this.#fileBytes)) {
      this.#fileBytes = Buffer.from(bytes.subarray(start, end));
      this.#file = bytes.toString('utf8', start, end);
    }
    return this.#file;
  }
}

function numberAt(bytes: Buffer, start: number, end: number): number {
  let number = 0;
  for (let at = start; at < end; at++) number = number * 10 + bytes[at]! - ZERO;
  return number;
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
