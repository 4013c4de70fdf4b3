/** Finds in the bytes of a dump where the parts of a frame's two lines end. */
import {
  CARRIAGE_RETURN,
  CLOSE_PARENTHESIS,
  COLON,
  NEWLINE,
  NINE,
  OPEN_PARENTHESIS,
  PLUS,
  SPACE,
  ZERO,
} from './ascii.ts';

/** The answer when the bytes are something else, or need a closer look. */
export const NO_MATCH = -1;

const IN_GOROUTINE = Buffer.from(' in goroutine ');

/** Behind the line number, where the offset or the end of the line begins. */
export function endOfPlaceHead(bytes: Uint8Array, from: number): number {
  let at = from;
  for (let byte = bytes[at]!; byte !== NEWLINE && byte !== CARRIAGE_RETURN; byte = bytes[++at]!) {
    if (byte === SPACE && bytes[at + 1] === PLUS) break;
  }
  return at;
}

/** Behind the arguments and the end of the line; a further `(` would make the name a longer one. */
export function endOfArguments(bytes: Uint8Array, from: number): number {
  let at = from;
  for (let byte = bytes[at]!; byte !== NEWLINE; byte = bytes[++at]!) {
    if (byte === OPEN_PARENTHESIS) return NO_MATCH;
  }
  const last = bytes[at - 1] === CARRIAGE_RETURN ? at - 2 : at - 1;
  return bytes[last] === CLOSE_PARENTHESIS ? at + 1 : NO_MATCH;
}

/** Behind an optional ` in goroutine 1` and the end of the line. */
export function endOfCreator(bytes: Uint8Array, from: number): number {
  let at = from;
  if (bytes[at] === SPACE) {
    for (const expected of IN_GOROUTINE) {
      if (bytes[at++] !== expected) return NO_MATCH;
    }
    while (bytes[at]! >= ZERO && bytes[at]! <= NINE) at++;
  }
  if (bytes[at] === CARRIAGE_RETURN) at++;
  return bytes[at] === NEWLINE ? at + 1 : NO_MATCH;
}

/** Behind an optional ` +0x1d fp=…` and the end of the line; a `:` would make the file a longer one. */
export function endOfPlace(bytes: Uint8Array, from: number): number {
  let at = from;
  if (bytes[at] === SPACE && bytes[at + 1] === PLUS) {
    while (bytes[at] !== NEWLINE && bytes[at] !== COLON) at++;
  } else if (bytes[at] === CARRIAGE_RETURN) at++;
  return bytes[at] === NEWLINE ? at + 1 : NO_MATCH;
}

/** Whether what stands there is this and no more. */
export function isAt(bytes: Uint8Array, start: number, end: number, expected: Uint8Array): boolean {
  if (end - start !== expected.length) return false;
  for (let at = start; at < end; at++) if (bytes[at] !== expected[at - start]) return false;
  return true;
}
