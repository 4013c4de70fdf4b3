/**
 * Recognises a frame that was seen before in the bytes of a dump, without making strings of them.
 * Most frames of a large dump repeat, so this is where its time is spent.
 */

/** What `match` answers when the bytes are another frame, or one that needs a closer look. */
export const NO_MATCH = -1;

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;
const OPEN_PARENTHESIS = 0x28;
const CLOSE_PARENTHESIS = 0x29;
const PLUS = 0x2b;
const COLON = 0x3a;
const IN_GOROUTINE = Buffer.from(' in goroutine ');

const INITIAL_BYTES = 64 * 1024;

interface Heads {
  functionStart: number;
  placeStart: number;
  placeEnd: number;
  isCall: boolean;
}

export class FrameMatcher {
  /** The unchanging beginnings of both lines of every frame, one after the other. */
  private heads = Buffer.alloc(INITIAL_BYTES);
  private used = 0;
  private readonly frames: (Heads | undefined)[] = [];

  /**
   * Learns a frame by how its two lines begin, one character a byte: `main.work(` for a call or
   * `created by main.main` for a creator, and `\t/app/main.go:17`.
   */
  learn(frame: number, functionHead: string, placeHead: string, isCall: boolean): void {
    if (this.frames[frame] !== undefined) return;
    const functionStart = this.append(functionHead);
    const placeStart = this.append(placeHead);
    this.frames[frame] = { functionStart, placeStart, placeEnd: this.used, isCall };
  }

  /** Where the two lines of this frame end, if they start at `from`; `bytes` end with a newline at `limit`. */
  match(frame: number, bytes: Uint8Array, from: number, limit: number): number {
    const known = this.frames[frame];
    if (known === undefined) return NO_MATCH;
    let at = this.endOfHead(bytes, from, known.functionStart, known.placeStart);
    if (at === NO_MATCH) return NO_MATCH;
    at = known.isCall ? endOfArguments(bytes, at) : endOfCreator(bytes, at);
    if (at === NO_MATCH || at >= limit) return NO_MATCH;
    at = this.endOfHead(bytes, at, known.placeStart, known.placeEnd);
    return at === NO_MATCH ? NO_MATCH : endOfPlace(bytes, at);
  }

  /** A head holds no newline, so the comparison stops at the end of the line at the latest. */
  private endOfHead(bytes: Uint8Array, from: number, headStart: number, headEnd: number): number {
    const { heads } = this;
    let at = from;
    for (let head = headStart; head < headEnd; head++) {
      if (heads[head] !== bytes[at]) return NO_MATCH;
      at++;
    }
    return at;
  }

  private append(text: string): number {
    const start = this.used;
    while (start + text.length > this.heads.length) {
      this.heads = Buffer.concat([this.heads], this.heads.length * 2);
    }
    this.used += this.heads.write(text, start, 'latin1');
    return start;
  }
}

/** Behind the arguments and the end of the line; a further `(` would make the name a longer one. */
function endOfArguments(bytes: Uint8Array, from: number): number {
  let at = from;
  for (let byte = bytes[at]!; byte !== NEWLINE; byte = bytes[++at]!) {
    if (byte === OPEN_PARENTHESIS) return NO_MATCH;
  }
  const last = bytes[at - 1] === CARRIAGE_RETURN ? at - 2 : at - 1;
  return bytes[last] === CLOSE_PARENTHESIS ? at + 1 : NO_MATCH;
}

/** Behind an optional ` in goroutine 1` and the end of the line. */
function endOfCreator(bytes: Uint8Array, from: number): number {
  let at = from;
  if (bytes[at] === SPACE) {
    for (const expected of IN_GOROUTINE) {
      if (bytes[at++] !== expected) return NO_MATCH;
    }
    while (bytes[at]! >= 0x30 && bytes[at]! <= 0x39) at++;
  }
  if (bytes[at] === CARRIAGE_RETURN) at++;
  return bytes[at] === NEWLINE ? at + 1 : NO_MATCH;
}

/** Behind an optional ` +0x1d fp=…` and the end of the line; a `:` would make the file a longer one. */
function endOfPlace(bytes: Uint8Array, from: number): number {
  let at = from;
  if (bytes[at] === SPACE && bytes[at + 1] === PLUS) {
    while (bytes[at] !== NEWLINE && bytes[at] !== COLON) at++;
  } else if (bytes[at] === CARRIAGE_RETURN) at++;
  return bytes[at] === NEWLINE ? at + 1 : NO_MATCH;
}
