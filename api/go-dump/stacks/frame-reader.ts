/** Makes frames of the heads of their two lines, `main.work(` and `\t/app/main.go:17`. */
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

  read(bytes: Buffer, { functionStart, functionEnd, placeStart, placeEnd }: HeadPlaces): Frame {
    const colon = bytes.lastIndexOf(COLON, placeEnd - 1);
    return {
      function: bytes.toString('utf8', functionStart, functionEnd - 1),
      file: this.#fileAt(bytes, placeStart + 1, colon),
      line: numberAt(bytes, colon + 1, placeEnd),
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
  if (end - start > MOST_DIGITS) return Number(bytes.toString('latin1', start, end));
  let number = 0;
  for (let at = start; at < end; at++) number = number * 10 + bytes[at]! - ZERO;
  return number;
}
