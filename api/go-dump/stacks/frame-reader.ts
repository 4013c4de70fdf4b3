/** Makes frames of the heads of their two lines, `main.work(` and `\t/app/main.go:17`. */
import { isAscii } from 'node:buffer';
import type { Frame } from '../../profile/profile.ts';
import { COLON, ZERO } from '../text/ascii.ts';
import { isAt } from '../text/line-ends.ts';
import type { HeadPlaces } from './frame-heads.ts';

/** Longer ones are left to the slow way. */
const MOST_DIGITS = 9;

/** Functions of one file often come one after the other: they share its name. */
export class FrameReader {
  #file = '';
  #fileBytes: Buffer = Buffer.alloc(0);
  /** Of the bytes, character for character, where they are ASCII and somebody has prepared it. */
  #text = '';

  /** Makes what is read from the bytes up to `end` fast: names are cut out of one text. */
  prepare(bytes: Buffer, end: number): void {
    const head = bytes.subarray(0, end);
    this.#text = isAscii(head) ? head.toString('latin1') : '';
  }

  read(bytes: Buffer, { functionStart, functionEnd, placeStart, placeEnd }: HeadPlaces): Frame {
    let digits = placeEnd;
    while (bytes[digits - 1] !== COLON) digits--;
    return {
      function: this.#textAt(bytes, functionStart, functionEnd - 1),
      file: this.#fileAt(bytes, placeStart + 1, digits - 1),
      line: numberAt(bytes, digits, placeEnd),
    };
  }

  #fileAt(bytes: Buffer, start: number, end: number): string {
    if (!isAt(bytes, start, end, this.#fileBytes)) {
      this.#fileBytes = Buffer.from(bytes.subarray(start, end));
      this.#file = bytes.toString('utf8', start, end);
    }
    return this.#file;
  }

  #textAt(bytes: Buffer, start: number, end: number): string {
    const isPrepared = end <= this.#text.length;
    return isPrepared ? this.#text.slice(start, end) : bytes.toString('utf8', start, end);
  }
}

function numberAt(bytes: Buffer, start: number, end: number): number {
  if (end - start > MOST_DIGITS) return Number(bytes.toString('latin1', start, end));
  let number = 0;
  for (let at = start; at < end; at++) number = number * 10 + bytes[at]! - ZERO;
  return number;
}
