/** Headers as most are, `goroutine 7 [select, 5 minutes]:` and no more, recognized in the bytes. */
import {
  CARRIAGE_RETURN,
  CLOSE_BRACKET,
  COLON,
  NEWLINE,
  NINE,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  SPACE,
  ZERO,
} from '../text/ascii.ts';
import { isAt, NO_MATCH } from '../text/line-ends.ts';
import type { GoHeader } from './header.ts';

const WORD = Buffer.from('goroutine ');
const HASH_FACTOR = 0x01000193;

interface KnownAttributes {
  bytes: Buffer;
  header: GoHeader;
}

/** Reads one header after the other; for attributes that were seen before no string is made. */
export class PlainHeaders {
  /** Of the header matched last. */
  goroutineId = 0;
  header: GoHeader | null = null;
  readonly #intern: (attributes: string) => GoHeader;
  /** By the hash of their bytes; of two with one hash, the later. */
  readonly #known = new Map<number, KnownAttributes>();

  /** `intern` gives what the text between the brackets says. */
  constructor(intern: (attributes: string) => GoHeader) {
    this.#intern = intern;
  }

  /** Behind the header that starts at `from`, or `NO_MATCH` where the line needs a closer look. */
  match(bytes: Buffer, from: number): number {
    let at = from;
    for (let index = 0; index < WORD.length; index++) {
      if (bytes[at++] !== WORD[index]) return NO_MATCH;
    }
    const digits = at;
    let id = 0;
    for (let byte = bytes[at]!; byte >= ZERO && byte <= NINE; byte = bytes[++at]!) {
      id = id * 10 + byte - ZERO;
    }
    if (at === digits || bytes[at] !== SPACE || bytes[at + 1] !== OPEN_BRACKET) return NO_MATCH;
    this.goroutineId = id;
    return this.#matchAttributes(bytes, at + 2);
  }

  /** Between the brackets; behind them may only be a colon and the end of the line. */
  #matchAttributes(bytes: Buffer, open: number): number {
    let hash = 0;
    let at = open;
    for (let byte = bytes[at]!; byte !== CLOSE_BRACKET; byte = bytes[++at]!) {
      if (byte === NEWLINE || byte === QUOTE || byte === OPEN_BRACE) return NO_MATCH;
      hash = Math.imul(hash ^ byte, HASH_FACTOR);
    }
    if (bytes[at + 1] !== COLON) return NO_MATCH;
    const behind = bytes[at + 2] === CARRIAGE_RETURN ? at + 3 : at + 2;
    if (bytes[behind] !== NEWLINE) return NO_MATCH;
    this.header = this.#headerOf(bytes, open, at, hash);
    return behind + 1;
  }

  #headerOf(bytes: Buffer, start: number, end: number, hash: number): GoHeader {
    const known = this.#known.get(hash);
    if (known !== undefined && isAt(bytes, start, end, known.bytes)) return known.header;
    const header = this.#intern(bytes.toString('latin1', start, end));
    this.#known.set(hash, { bytes: Buffer.from(bytes.subarray(start, end)), header });
    return header;
  }
}
